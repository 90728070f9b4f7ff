/// What a camera sees: how far away a code may be held.
public struct CameraView: Hashable, Sendable {
    /// Pixels; a module must take three or more of them to be read.
    public static let pixelsPerModule = 3.0
    /// Whoever holds a badge nearer than this, in millimetres, covers it with the hand or its shadow.
    public static let comfortable = 150.0

    public let width: Int
    public let height: Int
    /// Millimetres that the picture is wide at a distance of one millimetre: twice the tangent of half the horizontal field of view.
    private let spread: Double

    /// `tangent` is that of half the horizontal field of view.
    public init(width: Int, height: Int, halfViewTangent tangent: Double) {
        self.width = width
        self.height = height
        spread = 2 * tangent
    }

    /// The distance in millimetres up to which a module of so many millimetres takes three pixels in the middle of the picture.
    public func farthest(module: Double) -> Double { Double(width) * module / (Self.pixelsPerModule * spread) }

    /// The distance in millimetres from which a code of so many millimetres, its quiet zone included, is in the picture as a whole.
    public func nearest(codeWidth: Double) -> Double {
        codeWidth * Double(width) / Double(min(width, height)) / spread
    }
}
