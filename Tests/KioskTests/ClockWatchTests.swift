import Foundation
import KioskRuntime
import Testing
import Verifier

@Suite struct ClockWatchTests {
    private static let madeAt = Date(timeIntervalSince1970: 1_793_491_200)

    /// Whether the clock is trusted after each look: wall seconds since the program was made, at one more second of uptime each.
    private func trust(_ walls: [TimeInterval]) -> [Bool] {
        var watch = ClockWatch(madeAt: Self.madeAt)
        return walls.enumerated().map {
            watch.look(wall: Self.madeAt + $0.element, uptime: .seconds($0.offset)).isClockTrusted
        }
    }

    private static let walks: [(walls: [TimeInterval], trusted: [Bool])] = [
        ([0, 1, 2, 3], [true, true, true, true]),
        ([-1_000_000, -999_999, 500, 501], [false, false, true, true]),
        ([500, 501, 100, 101], [true, true, false, false]),
        ([500, 501, 900, 901], [true, true, false, false]),
        ([500, 501, 621, 503], [true, true, true, true]),
        ([500, 501, -5, 503], [true, true, false, false]),
    ]

    @Test(arguments: walks)
    func `a clock is trusted once it is set, until it jumps by more than two minutes`(walls: [TimeInterval], trusted: [Bool]) {
        #expect(trust(walls) == trusted)
    }

    @Test func `the service's clock takes the trust away and gives it back`() {
        var watch = ClockWatch(madeAt: Self.madeAt)
        let now = Self.madeAt + 1000
        #expect(watch.look(wall: now, uptime: .zero).isClockTrusted)
        watch.compare(service: now + 121, wall: now)
        #expect(!watch.look(wall: now, uptime: .zero).isClockTrusted)
        watch.compare(service: now - 119, wall: now)
        #expect(watch.look(wall: now, uptime: .zero).isClockTrusted)
    }
}
