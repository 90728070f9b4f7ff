/// The pixel formats that give luma, cheapest first, with their V4L2 four-character codes.
public enum PixelFormat: CaseIterable, Hashable, Sendable {
    case grey, nv12, nv21, yu12, yuyv, uyvy, mjpeg

    /// As V4L2 and `v4l2-ctl --list-formats` write it.
    public var name: String { staticName.description }

    /// Nil for a name that is none of the formats'; letters count in either case.
    public init?(name: String) {
        guard let format = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
        self = format
    }

    private var staticName: StaticString {
        switch self {
        case .grey: "GREY"
        case .nv12: "NV12"
        case .nv21: "NV21"
        case .yu12: "YU12"
        case .yuyv: "YUYV"
        case .uyvy: "UYVY"
        case .mjpeg: "MJPG"
        }
    }

    var fourcc: UInt32 { name.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    init?(fourcc: UInt32) {
        guard let format = Self.allCases.first(where: { $0.fourcc == fourcc }) else { return nil }
        self = format
    }

    /// How luma lies in a row: one byte of `step`, from `first` on. Nil when it must be decoded.
    var layout: (step: Int, first: Int)? {
        switch self {
        case .grey, .nv12, .nv21, .yu12: (1, 0)
        case .yuyv: (2, 0)
        case .uyvy: (2, 1)
        case .mjpeg: nil
        }
    }

    /// The fewest bytes that hold the luma of a frame whose rows are `stride` bytes apart.
    func leastBytes(width: Int, height: Int, stride: Int) -> Int {
        // A start of image and an end of image marker (ITU-T T.81 Table B.1).
        guard let step = layout?.step else { return 4 }
        return height > 0 ? (height - 1) * max(stride, width * step) + width * step : 0
    }
}
