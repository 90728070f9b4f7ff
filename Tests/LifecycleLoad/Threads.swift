import Foundation
import Synchronization

/// Runs `body` on so many threads at once and waits for all. The first error is thrown when all have ended.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let (group, failure) = (DispatchGroup(), Failure())
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            defer { group.leave() }
            do { try body(number) } catch { failure.first.withLock { $0 = $0 ?? error } }
        }
    }
    group.wait()
    if let error = failure.first.withLock({ $0 }) { throw error }
}

private final class Failure: Sendable { let first = Mutex<(any Error)?>(nil) }

/// What several threads collect.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    var all: [Value] { values.withLock { $0 } }
    func add(_ value: Value) { values.withLock { $0.append(value) } }
}

/// Gives out the numbers from 0 up to a limit, each once.
final class Numbers: Sendable {
    private let next = Atomic(0)
    private let limit: Int
    init(_ limit: Int) { self.limit = limit }

    func take() -> Int? {
        let number = next.add(1, ordering: .relaxed).oldValue
        return number < limit ? number : nil
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
}

struct Failed: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
