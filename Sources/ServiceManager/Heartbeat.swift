public import ServiceLifecycle

/// Signs of life for the service manager, for as long as the program gets on with its work.
public struct Heartbeat: Service {
    private let manager: ServiceManager
    private let progress: @Sendable () async -> Int

    /// `progress` gives a number that changes while the program gets on. When it stays as it was, or does not come at all, no sign of
    /// life is given, and the manager starts the program again.
    public init(_ manager: ServiceManager, progress: @escaping @Sendable () async -> Int) {
        self.manager = manager
        self.progress = progress
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { await beat() }
        manager.tell(.stopping)
    }

    private func beat() async {
        // Thrice within the manager's patience, so that one late sign does no harm.
        let pause = manager.patience.map { $0 / 3 } ?? .seconds(86_400)
        var last: Int?
        while (try? await Task.sleep(for: pause)) != nil {
            let now = await progress()
            if now != last { manager.tell(.alive) }
            last = now
        }
    }
}
