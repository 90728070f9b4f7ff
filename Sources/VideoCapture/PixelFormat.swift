/// The pixel formats that give luma, cheapest first, with their V4L2 four-character codes.
enum PixelFormat: CaseIterable, Sendable {
    case grey, nv12, nv21, yu12, yuyv, uyvy, mjpeg

    var fourcc: UInt32 {
        let name: StaticString =
            switch self {
            case .grey: "GREY"
            case .nv12: "NV12"
            case .nv21: "NV21"
            case .yu12: "YU12"
            case .yuyv: "YUYV"
            case .uyvy: "UYVY"
            case .mjpeg: "MJPG"
            }
        return name.description.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    init?(fourcc: UInt32) {
        guard let format = Self.allCases.first(where: { $0.fourcc == fourcc }) else { return nil }
        self = format
    }

    /// The luma of one frame whose rows are `stride` bytes apart. Throws when the frame is shorter than its rows.
    func luma(of frame: [UInt8], width: Int, height: Int, stride: Int) throws(PictureError) -> LumaPicture {
        switch self {
        case .mjpeg: return try LumaPicture(jpeg: frame)
        case .yuyv: return try gather(frame, width, height, stride, step: 2, first: 0)
        case .uyvy: return try gather(frame, width, height, stride, step: 2, first: 1)
        case .grey, .nv12, .nv21, .yu12: return try gather(frame, width, height, stride, step: 1, first: 0)
        }
    }

    private func gather(
        _ frame: [UInt8], _ width: Int, _ height: Int, _ stride: Int, step: Int, first: Int
    ) throws(PictureError) -> LumaPicture {
        let row = width * step
        let stride = max(stride, row)
        guard width > 0, height > 0, frame.count >= (height - 1) * stride + row else { throw .broken("the frame is short") }
        var luma = [UInt8]()
        luma.reserveCapacity(width * height)
        for y in 0..<height {
            if step == 1 {
                luma += frame[y * stride..<y * stride + row]
            } else {
                for x in 0..<width { luma.append(frame[y * stride + x * step + first]) }
            }
        }
        return LumaPicture(width: width, height: height, luma: luma)
    }
}
