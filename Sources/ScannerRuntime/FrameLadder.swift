import BarcodeReader
import SymbolLocator
public import VideoCapture

/// Reads the frames of a camera: the cheapest that may work first, what costs more only when that read nothing, and what costs most
/// spread over frames.
public struct FrameLadder: ~Copyable {
    private let reader = BarcodeReader()
    private let clock = ContinuousClock()
    private let budget: Duration
    /// Where a symbol was read last, and how many frames ago.
    private var lastSight: (region: SymbolSight.Region, age: Int)?
    private var motion = MotionGate()
    /// Frames since something was read.
    private var emptyFrames = 0

    /// Frames in which a still picture is looked at before it is left alone, and of which one is looked at after that.
    private static let stillFrames = 8
    /// Of so many frames without a read, in one symbols without a quiet zone are looked for, in another those of about a pixel per module,
    /// and in another, when it shows finder patterns, ZBar scans the frame as it is: all are rare, and cost more than all the rest.
    private static let (turns, bareTurn, tinyTurn, plainTurn) = (4, 1, 2, 3)
    /// Pixels that ZBar scans within the budget, at some 16 ns each on a small core.
    private static let plainPixels = 1_000_000

    /// `budget` is the time after which no more is begun for a frame; what is begun takes some ten milliseconds more at most.
    public init(budget: Duration = .milliseconds(25)) { self.budget = budget }

    /// Where a symbol was read in this frame or a few before it.
    var sight: SymbolSight.Region? { lastSight?.region }

    /// The payloads in a frame, each once.
    public mutating func read(_ picture: LumaPicture) -> [[UInt8]] {
        let start = clock.now
        let frame = LumaPlane(picture)
        let isStill = motion.isStill(frame)
        if isStill, emptyFrames >= Self.stillFrames, !emptyFrames.isMultiple(of: Self.stillFrames) {
            emptyFrames += 1
            return []
        }
        var found = readLastSight(frame)
        if found.isEmpty { found = readWhole(frame, since: start) }
        emptyFrames = found.isEmpty ? emptyFrames + 1 : 0
        return found
    }

    /// A badge that is held stays about where it was, which is a small part of the frame.
    private mutating func readLastSight(_ frame: LumaPlane) -> [[UInt8]] {
        guard let (region, age) = lastSight else { return [] }
        // A badge that was gone for half a second may come back anywhere.
        lastSight = age < 15 ? (region, age + 1) : nil
        let near = frame.cropped(to: region.widened(by: max(region.width, region.height) / 4))
        guard let sight = reader.look(in: near.plane, with: SymbolLocator(rungs: [.plain], seeksBare: false)).found.first else {
            return []
        }
        var moved = sight.region
        moved.x += near.x
        moved.y += near.y
        lastSight = (moved, 0)
        return [sight.payload]
    }

    private mutating func readWhole(_ frame: LumaPlane, since start: ContinuousClock.Instant) -> [[UInt8]] {
        let (clock, budget, turn) = (clock, budget, emptyFrames % Self.turns)
        var locator = SymbolLocator(seeksBare: turn == Self.bareTurn)
        if turn != Self.tinyTurn { locator.rungs.remove(.tiny) }
        let reading = reader.look(in: frame, with: locator) { clock.now - start < budget }
        let sights = reading.found
        if let last = sights.last { lastSight = (last.region, 0) }
        if sights.isEmpty, let payload = readMoved(frame, since: start) { return [payload] }
        guard sights.isEmpty, turn == Self.plainTurn, reading.patterns > 1, clock.now - start < budget / 2 else {
            return sights.map(\.payload)
        }
        return reader.read(frame.width * frame.height > Self.plainPixels ? frame.halved() : frame)
    }

    /// A badge that comes into view, or goes: what moved is a small part of the frame.
    private mutating func readMoved(_ frame: LumaPlane, since start: ContinuousClock.Instant) -> [UInt8]? {
        guard let region = motion.moved, clock.now - start < budget / 2 else { return nil }
        let (clock, budget) = (clock, budget)
        let part = frame.cropped(to: region.widened(by: Self.movedMargin))
        let limit = budget * 7 / 10
        guard var found = reader.lookForSmeared(in: part.plane, isInTime: { clock.now - start < limit }) else { return nil }
        found.region.x += part.x
        found.region.y += part.y
        lastSight = (found.region, 0)
        return found.payload
    }

    /// What moved may reach so many pixels beyond those that were seen to change.
    private static let movedMargin = 24
}

extension SymbolSight.Region {
    /// The region with so many pixels more on each side.
    func widened(by margin: Int) -> Self {
        Self(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }
}
