import FoundationEssentials
import Glibc
import LifecycleAPI

/// The outbox's events a second time, in a file of JSON Lines: what the outbox is made of again when its own file is damaged.
///
/// The first line is a `ChainHead` that was true when the file was written, the others are events in order. Events that were delivered
/// since stay until nothing waits any more; the service drops by id what it has.
struct OutboxCopy {
    let path: String

    /// Writes the file anew, at once or not at all.
    func write(_ head: ChainHead, _ events: [SignInEvent]) throws {
        let lines = try [JSONEncoder().encode(head)] + events.map { try WireJSON.encode($0) }
        let new = path + ".new"
        try Self.put(lines, at: new, O_CREAT | O_TRUNC)
        guard unsafe rename(new, path) == 0 else { throw Failure(errno) }
        let directory = unsafe open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        guard directory >= 0, fsync(directory) == 0 else { throw Failure(errno) }
    }

    /// On the disk when it returns.
    func append(_ event: SignInEvent) throws { try Self.put([WireJSON.encode(event)], at: path, O_CREAT | O_APPEND) }

    /// The chain's end and the events behind it; nil when there is no file, or its first line is no head.
    ///
    /// A line that was torn or altered is left out. Of two events with one number the later counts: the first was never told.
    func read() -> (head: ChainHead, events: [SignInEvent])? {
        guard let lines = FileManager.default.contents(atPath: path)?.split(separator: UInt8(ascii: "\n")),
            let first = lines.first, var head = try? JSONDecoder().decode(ChainHead.self, from: Data(first)),
            (0..<Int.max).contains(head.sequence), SignInEvent.isHash(head.hash)
        else { return nil }
        var events: [Int: SignInEvent] = [:]
        for line in lines.dropFirst() {
            guard let event = try? WireJSON.decode(SignInEvent.self, from: Data(line)), event.hash == event.computedHash else {
                continue
            }
            events[event.kioskSequence] = event
            if event.kioskSequence >= head.sequence { head = ChainHead(sequence: event.kioskSequence, hash: event.hash) }
        }
        return (head, events.values.sorted { $0.kioskSequence < $1.kioskSequence })
    }

    private static func put(_ lines: [Data], at path: String, _ flags: Int32) throws {
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC | flags, 0o600)
        guard file >= 0 else { throw Failure(errno) }
        defer { close(file) }
        // A line that a power cut tore ends before this one begins.
        let bytes = lines.reduce(into: [UInt8]()) { $0 += [UInt8(ascii: "\n")] + $1 } + [UInt8(ascii: "\n")]
        guard unsafe Glibc.write(file, bytes, bytes.count) == bytes.count, fdatasync(file) == 0 else { throw Failure(errno) }
    }

    private struct Failure: Error, CustomStringConvertible {
        let number: Int32

        init(_ number: Int32) { self.number = number }

        var description: String { unsafe String(cString: strerror(number)) }
    }
}
