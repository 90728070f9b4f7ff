/// A database whose transactions are timed, the waits for them included.
public struct TimedDatabase: SQLDatabase {
    private let base: any SQLDatabase
    private let observe: @Sendable (_ isWrite: Bool, _ time: Duration) -> Void

    public init(_ base: any SQLDatabase, observe: @escaping @Sendable (_ isWrite: Bool, _ time: Duration) -> Void) {
        (self.base, self.observe) = (base, observe)
    }

    public var dialect: SQLDialect { base.dialect }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        defer { observe(false, ContinuousClock.now - start) }
        return try await base.read(body)
    }

    @discardableResult public func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Value)
        async throws -> Value
    {
        let start = ContinuousClock.now
        defer { observe(true, ContinuousClock.now - start) }
        return try await base.write(body)
    }
}
