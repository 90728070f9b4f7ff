// Two threads at one variable: with `mutex` as argument behind a Mutex, contended; with `race` behind nothing.
import Foundation
import Synchronization

let guarded = Mutex(0)
nonisolated(unsafe) var bare = 0
let arrived = Atomic(0)
let isGuarded = CommandLine.arguments[1] == "mutex"
let threads = (0..<2).map { _ in
    Thread {
        arrived.add(1, ordering: .relaxed)
        while arrived.load(ordering: .relaxed) < 2 { usleep(100) }
        for _ in 0..<20_000 {
            if isGuarded { guarded.withLock { $0 += 1 } } else { bare += 1 }
        }
    }
}
for thread in threads { thread.start() }
while !threads.allSatisfy(\.isFinished) { usleep(1000) }
