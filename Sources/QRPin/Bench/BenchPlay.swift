import FoundationEssentials
import SignInBench

/// Plays one scenario with a kiosk of its own.
struct BenchPlay {
    let scenario: Scenario
    let number: Int
    let programs: BenchPrograms
    let site: BenchSite
    let sink: any FrameSink
    let keypad: BenchKeypad
    /// Further arguments of qrpin-kiosk.
    let kioskArguments: [String]
    /// Told of each round.
    let progress: @Sendable (String) -> Void

    /// The badge that was before the camera last stays unreported for three seconds after it left it.
    private static let holdOff = Duration.milliseconds(3500)

    func run() async throws -> ScenarioResult {
        if let fault = scenario.fault, let obstacle = BenchFault.obstacle(to: fault, sink, keypad) {
            return ScenarioResult(scenario, skipped: obstacle)
        }
        let id = "bench-\(number)"
        var badges: [BenchBadge] = []
        for person in 1...scenario.people { badges.append(try await badge(scenario.badge, person)) }
        // Whose badge is swapped for another's needs somebody else.
        let other = scenario.fault?.kind == .badgeSwapped ? try await badge(.valid, scenario.people + 1) : nil
        let screen = KioskScreen()
        let arguments =
            try await site.addKiosk(id) + ["--scanner", programs.scanner, "--keypad", keypad.path]
            + (sink.camera.map { ["--camera", $0] } ?? []) + kioskArguments
        let kiosk = Companion(programs.kiosk, arguments, log: site.directory + "/kiosk.log") { screen.add($0) }
        let stage = Stage(sink, scenario.camera, noise: scenario.view.noise)
        return try await withThrowingTaskGroup(of: ScenarioResult?.self) { group in
            group.addTask {
                try await kiosk.run()
                return nil
            }
            group.addTask {
                try await stage.run()
                return nil
            }
            group.addTask { [badges] in
                try await play(badges, other, stage, kiosk, screen, id)
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func badge(_ kind: Scenario.Badge, _ person: Int) async throws -> BenchBadge {
        try await site.badge(kind, of: "person-\(number)-\(person)@bench.test")
    }

    private func play(
        _ people: [BenchBadge], _ other: BenchBadge?, _ stage: Stage, _ kiosk: Companion, _ screen: KioskScreen, _ id: String
    ) async throws -> ScenarioResult {
        var (measured, badges) = (Measurement(), people)
        guard try await screen.waitUntilReady(within: .seconds(60)) else {
            return ScenarioResult(
                scenario, measured, failed: "the kiosk was not ready within 60 s; its last line is \"\(screen.newest)\"")
        }
        let fault = scenario.fault.map {
            BenchFault(fault: $0, site: site, stage: stage, keypad: keypad, kiosk: kiosk, screen: screen)
        }
        let round = BenchRound(
            scenario: scenario, stage: stage, keypad: keypad, screen: screen, fault: fault, other: other)
        let start = ContinuousClock.now
        do {
            for turn in 0..<scenario.rounds {
                if turn > 0, badges.count == 1 || other != nil { try await Task.sleep(for: Self.holdOff) }
                if fault?.fault.moment == .idle {
                    guard try await screen.waitUntilReady(within: .seconds(60)) else {
                        throw BenchError("the kiosk was not ready within 60 s; its last line is \"\(screen.newest)\"")
                    }
                    try await fault?.begin()
                    try await fault?.end()
                }
                measured.add(try await round.play(&badges[turn % badges.count]))
                measured.seconds = (ContinuousClock.now - start) / .seconds(1)
                progress("\(scenario.name): \(turn + 1) of \(scenario.rounds), \(measured.misses) missed")
            }
            measured.outcomes = try await outcomes(id, measured)
        } catch let error as BenchError {
            return ScenarioResult(scenario, measured, failed: "\(error)")
        }
        return ScenarioResult(scenario, measured)
    }

    /// Waits until the log has as many as expected; what it has after half a minute is all that there is.
    private func outcomes(_ id: String, _ measured: Measurement) async throws -> [String] {
        let expected = if case .all(let list) = scenario.expectation.outcomes { list.count } else { measured.reads }
        var seen: [String] = []
        for _ in 0..<100 {
            seen = try await site.outcomes(ofKiosk: id)
            if seen.count >= expected { break }
            try await Task.sleep(for: .milliseconds(300))
        }
        return seen
    }
}

extension Measurement {
    mutating func add(_ ending: BenchRound.Ending) {
        rounds += 1
        if let latency = ending.readLatency {
            reads += 1
            readLatencies.add(latency)
        }
        if let latency = ending.resultLatency { resultLatencies.add(latency) }
        if ending.isSignedIn { signIns += 1 }
    }
}
