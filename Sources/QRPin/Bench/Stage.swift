import QRCode
import SignInBench
import Synchronization

/// What is before the camera, drawn frame by frame.
final class Stage: Sendable {
    private enum Sight: Sendable {
        case nobody
        case badge(BadgeScene, number: Int)
        /// Nothing is drawn.
        case trouble
    }

    private struct State {
        var sight = Sight.nobody
        var number = 0
        /// When the first frame with the whole symbol of the present badge was handed over.
        var firstWhole: ContinuousClock.Instant?
    }

    private let sink: any FrameSink
    private let camera: CameraModel
    private let noise: Double
    private let state = Mutex(State())

    init(_ sink: any FrameSink, _ camera: CameraModel, noise: Double) {
        (self.sink, self.camera, self.noise) = (sink, camera, noise)
    }

    func show(_ scene: BadgeScene) {
        state.withLock { state in
            state.number += 1
            (state.sight, state.firstWhole) = (.badge(scene, number: state.number), nil)
        }
    }

    func clear() { state.withLock { $0.sight = .nobody } }

    /// Unplugs the camera or makes it stall, until something is shown again.
    func make(_ trouble: (CameraTrouble) -> @Sendable () throws -> Void) throws {
        guard let known = sink.trouble else { return }
        try state.withLock { state in
            state.sight = .trouble
            try trouble(known)()
        }
    }

    var firstWhole: ContinuousClock.Instant? { state.withLock { $0.firstWhole } }

    /// Draws until it is cancelled.
    func run() async throws {
        var noise = CameraNoise(deviation: noise)
        let empty = BadgeScene.empty(camera)
        var (began, drawn) = (ContinuousClock.now, (number: 0, frame: empty, isLast: false))
        var next = ContinuousClock.now
        while true {
            switch state.withLock({ $0.sight }) {
            case .trouble: break
            case .nobody: try hand(noise.added(to: empty), of: nil)
            case .badge(let scene, let number):
                if number != drawn.number { (began, drawn) = (.now, (number, empty, false)) }
                let time = (ContinuousClock.now - began) / .seconds(1)
                if !drawn.isLast { drawn = (number, scene.frame(at: time), scene.isStill(at: time)) }
                try hand(noise.added(to: drawn.frame), of: scene.isWhole(at: time) ? number : nil)
            }
            // A frame that took too long to draw is late, and those after it come at the camera's rate again.
            next = max(next + .seconds(1 / camera.rate), .now)
            try await Task.sleep(until: next, clock: .continuous)
        }
    }

    /// `number` is the badge's whose whole symbol is in the frame.
    private func hand(_ frame: GreyRaster, of number: Int?) throws {
        try state.withLock { state in
            if case .trouble = state.sight { return }
            if number == state.number, state.firstWhole == nil { state.firstWhole = .now }
            try sink.show(frame)
        }
    }
}
