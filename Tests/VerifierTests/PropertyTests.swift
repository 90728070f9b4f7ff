import Credential
import Testing
import Verifier

/// What holds whatever happens: 200 walks of 1,000 events each.
@Suite struct PropertyTests {
    private static let walks = walks(isMirrored: false)

    private static func walks(isMirrored: Bool) -> [(seed: UInt64, walk: RandomWalk)] {
        (1...200 as ClosedRange<UInt64>).map { seed in
            var walk = RandomWalk(seed: seed, isMirrored: isMirrored)
            walk.run(steps: 1000)
            return (seed, walk)
        }
    }

    @Test func `nobody is signed in without an accepted badge and a right PIN`() {
        var count = 0
        for (seed, walk) in Self.walks {
            let signedIn = walk.scene.records.filter { $0.outcome == .signedIn }.map(\.id)
            #expect(walk.proved.isSuperset(of: signedIn), "seed \(seed)")
            #expect(walk.handedOver == signedIn, "seed \(seed)")
            count += signedIn.count
        }
        #expect(count > 200)
    }

    @Test func `every attempt and every session ends in one record, and is over by ticks alone within 66 s`() {
        for (seed, walk) in Self.walks {
            var scene = walk.scene
            for _ in 1...66 { scene.wait(.seconds(1)) }
            #expect(scene.verifier.isIdle, "seed \(seed)")
            let ids = scene.records.map(\.id)
            let ends = scene.records.filter(\.outcome.isSessionEnd).map(\.id)
            #expect(Set(ids).count == ids.count, "seed \(seed)")
            #expect(Set(ids).subtracting(ends) == walk.begun, "seed \(seed)")
            let sessions = seed.isMultiple(of: 2) ? walk.handedOver : []
            #expect(ends.count == sessions.count && scene.endedSessions == sessions, "seed \(seed)")
        }
    }

    /// What people type may change nothing but what the service says to it.
    @Test func `two kiosks with other digits typed do, show and record the same`() {
        for ((seed, one), (_, other)) in zip(Self.walks, Self.walks(isMirrored: true)) {
            let isSame = one.scene.actions.map(\.text) == other.scene.actions.map(\.text)
            #expect(isSame, "seed \(seed)")
        }
    }

    @Test func `no digit of a PIN is in any action's or state's dump`() {
        for (seed, walk) in Self.walks.prefix(10) {
            var text = ""
            dump(walk.scene.actions, to: &text)
            dump(walk.scene.verifier, to: &text)
            for pin in [RandomWalk.right, RandomWalk.new, "12345678", "5555555555"] {
                let holds = text.contains(pin)
                #expect(!holds, "seed \(seed)")
            }
        }
    }

    @Test func `every outcome that the verifier finds by itself is met`() {
        let met = Self.walks.reduce(into: Set<Outcome>()) { $0.formUnion($1.walk.scene.outcomes) }
        // The service alone says the first four; the last has its own test.
        let others: Set<Outcome> = [.badgeRefused, .notAllowed, .cardRequired, .cardNotGenuine, .notYetValid]
        #expect(met.symmetricDifference(Outcome.allCases) == others)
    }
}

extension Action {
    /// All that it says; a set has no order of its own.
    fileprivate var text: String { if case .show(.outOfOrder) = self { name } else { "\(self)" } }
}
