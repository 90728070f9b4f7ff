import FoundationEssentials
import Glibc
import SignInBench

/// Brings about what goes wrong in a scenario, and mends it.
struct BenchFault: Sendable {
    let fault: Scenario.Fault
    let site: BenchSite
    let stage: Stage
    let keypad: BenchKeypad
    let kiosk: Companion
    let screen: KioskScreen

    /// Why this path cannot bring it about; nil when it can.
    static func obstacle(to fault: Scenario.Fault, _ sink: any FrameSink, _ keypad: BenchKeypad) -> String? {
        switch fault.kind {
        case .cameraUnplugged, .cameraStalls: sink.trouble == nil ? "\(fault.kind) needs --path memory" : nil
        case .keypadLost: keypad.canBeUnplugged ? nil : "keypadLost needs the pseudo-terminal: leave --keypad out"
        case .scannerKilled, .serviceDown, .badgeSwapped: nil
        }
    }

    /// Returns when the kiosk has seen it and it has lasted as long as it is to.
    func begin() async throws {
        let mark = screen.count
        switch fault.kind {
        case .cameraUnplugged: try stage.make(\.unplug)
        case .cameraStalls: try stage.make(\.stall)
        case .scannerKilled: try await killScanner()
        case .keypadLost: keypad.unplug()
        case .serviceDown: try await site.cutService()
        case .badgeSwapped: break
        }
        if fault.moment == .idle, let complaint = Self.complaint(fault.kind) {
            guard try await screen.next(after: mark, within: .seconds(30), { $0.contains(complaint) }) != nil else {
                throw BenchError("the kiosk did not notice within 30 s: \(fault.kind)")
            }
        }
        try await Task.sleep(for: .seconds(fault.seconds))
    }

    /// Mends it; after one before the badge is held up, also waits until the kiosk is ready again.
    func end() async throws {
        switch fault.kind {
        case .cameraUnplugged, .cameraStalls: stage.clear()
        case .keypadLost: try keypad.plugIn()
        case .serviceDown:
            site.service.start()
            _ = try await site.url()
        case .scannerKilled, .badgeSwapped: break
        }
        guard fault.moment == .idle, Self.complaint(fault.kind) != nil else { return }
        guard try await screen.waitUntilReady(within: .seconds(30)) else {
            throw BenchError("the kiosk was not ready within 30 s after \(fault.kind)")
        }
    }

    /// What the kiosk says in time.
    private static func complaint(_ kind: Scenario.Fault.Kind) -> String? {
        switch kind {
        case .cameraUnplugged, .cameraStalls, .scannerKilled: "the camera is not connected"
        case .keypadLost: "the keypad is not connected"
        case .serviceDown, .badgeSwapped: nil
        }
    }

    /// As a picture does that crashes the decoder: the process behind the lock dies, and the scanner after it.
    private func killScanner() async throws {
        for _ in 0..<200 {
            let readers = Self.children(of: kiosk.process).flatMap { Self.children(of: $0) }
            if !readers.isEmpty {
                for reader in readers { kill(reader, SIGSEGV) }
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchError("the kiosk has no scanner whose reader could be killed.")
    }

    /// `man 5 proc`, /proc/pid/task/tid/children.
    private static func children(of process: pid_t?) -> [pid_t] {
        guard let process else { return [] }
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return threads.flatMap { thread in
            let text = try? String(contentsOf: URL(filePath: "/proc/\(process)/task/\(thread)/children"), encoding: .utf8)
            return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
        }
    }
}

extension KioskScreen {
    /// False when the newest line did not ask for a badge in time.
    func waitUntilReady(within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while Self.meaning(of: newest) != .ready {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}
