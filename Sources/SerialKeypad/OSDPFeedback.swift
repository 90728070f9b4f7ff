import OSDP
import Verifier

/// What an OSDP device is sent, so that who looks at it knows what the page says; as far as it said that it can.
struct OSDPFeedback: Sendable {
    var capabilities: Capabilities?
    private var last: Display?

    /// Nothing for what was shown before.
    mutating func show(_ display: Display) -> [Command] {
        defer { last = display }
        return display == last ? [] : commands(display, beeps: KeypadFeedback.bells(for: display, after: last))
    }

    /// For a device that has just come, without beeps.
    func again() -> [Command] { last.map { commands($0, beeps: 0) } ?? [] }

    private func commands(_ display: Display, beeps: Int) -> [Command] {
        guard let capabilities else { return [] }
        var commands: [Command] = []
        if capabilities.hasBuzzer, beeps > 0 { commands.append(.buzzer(on: 1, off: 1, count: UInt8(beeps))) }
        if capabilities.hasLight { commands.append(.light(colour(display))) }
        if capabilities.columns > 0 {
            let line = KeypadFeedback.line(display)
            commands.append(.text(line + String(repeating: " ", count: max(0, capabilities.columns - line.utf8.count))))
        }
        return commands
    }

    private func colour(_ display: Display) -> Command.Colour {
        switch KeypadFeedback.lamp(for: display) {
        case .none: .black
        case .good: .green
        case .bad: .red
        }
    }
}
