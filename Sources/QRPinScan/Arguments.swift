public import ArgumentParser
public import VideoCapture

/// Width and height, as in `1280x720`.
struct Size: ExpressibleByArgument {
    let width: Int
    let height: Int

    init?(argument: String) {
        let sides = argument.lowercased().split(whereSeparator: { $0 == "x" || $0 == "×" }).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1], (16...8192).contains(width),
            (16...8192).contains(height)
        else { return nil }
        self.width = width
        self.height = height
    }
}

extension PixelFormat: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }

    public var defaultValueDescription: String { name }
    public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension CameraControl: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
