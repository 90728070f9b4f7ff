import CV4L2

/// What the driver answered to the format that was asked for; `stride` is its `bytesperline`.
struct AcceptedFormat: Sendable {
    let format: PixelFormat
    let width: Int
    let height: Int
    let stride: Int
    /// Frames a second, when the driver keeps to one.
    let rate: Double?
}

extension Device {
    /// The four-letter codes that the camera offers, libv4l's among them when it converts.
    func formats() -> [UInt32] {
        var found: [UInt32] = []
        var description = v4l2_fmtdesc()
        description.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        while unsafe cv4l2_enum_fmt(descriptor, &description) == 0 {
            found.append(description.pixelformat)
            description.index += 1
        }
        return found
    }

    /// Everything that the camera offers in a format of ours.
    func modes(_ formats: [PixelFormat]) -> [CameraMode] {
        formats.flatMap { format in
            sizes(format.fourcc).map { width, height in
                CameraMode(
                    format: format, width: Int(width), height: Int(height), rate: fastest(format.fourcc, width, height))
            }
        }
    }

    private func sizes(_ fourcc: UInt32) -> [(UInt32, UInt32)] {
        var found: [(UInt32, UInt32)] = []
        var (smallest, largest) = ([UInt32](repeating: 0, count: 2), [UInt32](repeating: 0, count: 2))
        for index in 0..<UInt32(256) {
            guard unsafe cv4l2_enum_size(descriptor, index, fourcc, &smallest, &largest) == 0 else { break }
            if smallest == largest {
                found.append((smallest[0], smallest[1]))
            } else {
                // Any size in steps: the usual ones and the largest stand for them.
                let usual: [(UInt32, UInt32)] = [(640, 480), (1280, 720), (1920, 1080), (largest[0], largest[1])]
                found += usual.filter {
                    (smallest[0]...largest[0]).contains($0.0) && (smallest[1]...largest[1]).contains($0.1)
                }
                break
            }
        }
        return found
    }

    private func fastest(_ fourcc: UInt32, _ width: UInt32, _ height: UInt32) -> Double? {
        var interval = v4l2_fract()
        return (0..<UInt32(64)).lazy
            .prefix { unsafe cv4l2_enum_interval(self.descriptor, $0, fourcc, width, height, &interval) == 0 }
            .map { _ in interval.numerator > 0 ? Double(interval.denominator) / Double(interval.numerator) : 0 }.max()
    }

    /// Sets the best mode for the wish. The driver may change the size; what counts is its answer.
    func setFormat(_ wish: CameraWish) throws(CameraError) -> AcceptedFormat {
        let offered = formats()
        let fitting = PixelFormat.allCases.filter { offered.contains($0.fourcc) && wish.format ?? $0 == $0 }
        guard let cheapest = fitting.first else {
            throw CameraError(path: path, failure: .noFormat(wished: wish.format, offered: offered.map(Self.name)))
        }
        // A driver that does not list sizes, or has not the wished one, is asked for the wish as it is and takes its nearest.
        let nearest = CameraMode(format: cheapest, width: wish.width ?? 1280, height: wish.height ?? 720, rate: nil)
        return try set(wish.best(of: modes(fitting)) ?? nearest, rate: wish.rate)
    }

    private func set(_ mode: CameraMode, rate: Double?) throws(CameraError) -> AcceptedFormat {
        var (width, height, stride, chosen) = (UInt32(mode.width), UInt32(mode.height), UInt32(0), UInt32(0))
        try check(
            unsafe cv4l2_set_format(descriptor, mode.format.fourcc, &width, &height, &stride, &chosen), "set the format")
        // A camera that has not the format answers with one that it has.
        guard let format = PixelFormat(fourcc: chosen) else {
            throw CameraError(path: path, failure: .noFormat(wished: mode.format, offered: [Self.name(chosen)]))
        }
        return AcceptedFormat(
            format: format, width: Int(width), height: Int(height), stride: Int(stride),
            rate: setRate(rate ?? mode.rate.map { min($0, 30) }) ?? mode.rate)
    }

    /// A driver without rates goes at its own.
    private func setRate(_ rate: Double?) -> Double? {
        guard let rate, rate > 0 else { return nil }
        var interval = v4l2_fract(numerator: 1000, denominator: UInt32((rate * 1000).rounded()))
        guard unsafe cv4l2_set_interval(descriptor, &interval) == 0, interval.numerator > 0, interval.denominator > 0 else {
            return nil
        }
        return Double(interval.denominator) / Double(interval.numerator)
    }

    static func name(_ fourcc: UInt32) -> String {
        String(decoding: (0..<4).map { UInt8(truncatingIfNeeded: fourcc >> ($0 * 8)) }, as: UTF8.self)
    }
}
