/// One situation at a kiosk: a badge, how it is held, what is typed, what goes wrong, and what must come of it.
public struct Scenario: Hashable, Sendable {
    public enum Badge: String, Hashable, Sendable, CaseIterable {
        /// Its PIN was chosen before, and one whose temporary PIN has yet to be replaced.
        case valid, new
        case expired, notYetValid, revoked
        /// Well formed, but never issued; of another issuer; without its end; a code that is no badge.
        case unknown, foreign, malformed, garbage
    }

    public enum Typing: String, Hashable, Sendable, CaseIterable {
        case right
        /// Another wrong one each time: repeated ones do not count.
        case wrong
        /// Some digits, clear, then the right PIN.
        case corrected
        /// Two digits, then cancel.
        case cancelled
        case nothing
    }

    public struct Fault: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case cameraUnplugged
            /// It sends nothing that is a picture.
            case cameraStalls
            case scannerKilled
            case keypadLost
            case serviceDown
            /// Another person's badge.
            case badgeSwapped
        }

        public enum Moment: String, Hashable, Sendable, CaseIterable {
            /// Before the badge is held up; when the PIN is asked for.
            case idle, pin
        }

        public var kind: Kind
        public var moment: Moment
        /// How long it lasts, once the kiosk has seen it.
        public var seconds: Double
    }

    public struct Expectation: Hashable, Sendable {
        public enum Outcomes: Hashable, Sendable {
            /// Of each round; nil when the badge is not to be read.
            case each(String?)
            /// Of the scenario's attempts, in order.
            case all([String])
        }

        /// Result codes of the service's sign-in log.
        public var outcomes = Outcomes.each("signedIn")
        /// The least share of rounds in which the badge was read; 0 to 1.
        public var readRate = 1.0
        /// The greatest 95th percentiles in milliseconds, and the fewest sign-ins a minute, for a laboratory with known hardware.
        public var readP95: Double?
        public var resultP95: Double?
        public var signInsPerMinute: Double?
    }

    /// The file that it stands in.
    public var file: String
    public var name: String
    public var badge = Badge.valid
    public var typing = Typing.right
    /// So many people take turns, each with a badge of the same kind.
    public var people = 1
    public var rounds = 1
    /// How long a badge is held up that is not read, in seconds.
    public var patience = 10.0
    public var view = BadgeView()
    public var camera = CameraModel()
    public var fault: Fault?
    public var expectation = Expectation()
}

/// The camera that the frames are drawn for.
public struct CameraModel: Hashable, Sendable {
    /// Pixels.
    public var (width, height) = (640, 480)
    /// Frames a second.
    public var rate = 10.0
}

/// How a badge is held, and in what light.
public struct BadgeView: Hashable, Sendable {
    /// The symbol's side with its quiet zone, as a share of the picture's height, when it faces the camera.
    public var size = 0.8
    /// Where its middle is, in picture widths to the right and heights down from the picture's middle.
    public var (x, y) = (0.0, 0.0)
    /// Degrees: about the vertical axis, which takes the right edge away from the camera; about the horizontal one, which takes the lower
    /// edge away; and clockwise in the picture's plane.
    public var (tilt, nod, turn) = (0.0, 0.0, 0.0)
    /// 1 is bright, 0 is dark; `shade` is the share of it that the right edge lacks.
    public var (light, shade) = (1.0, 0.0)
    /// Standard deviations: of the blur in pixels, and of the noise in grey levels.
    public var (blur, noise) = (0.0, 0.0)
    /// Seconds until it arrives from the left.
    public var approach = 0.0
    /// How far it sways to each side, in picture widths, and the seconds of one sway.
    public var (sway, period) = (0.0, 1.0)
    /// How long the camera gathers light for a frame, in milliseconds: what moves meanwhile is smeared.
    public var exposure = 10.0
}
