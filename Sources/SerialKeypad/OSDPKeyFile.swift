import Glibc
public import OSDP

/// The file that keeps an OSDP device's key: 32 hexadecimal digits.
public struct OSDPKeyFile: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var exists: Bool { unsafe access(path, F_OK) == 0 }

    public func read() throws(OSDPKeyFileError) -> BaseKey {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure("this cannot be read. Make it with `qrpin keypad pair`, or give this user access")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & 0o007 == 0 else {
            throw failure("this is open to everyone. Run `chmod o= \(path)`, and pair the device with a new key")
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let key = BaseKey(hexadecimal: words[0]) else {
            throw failure("this is no key of an OSDP device. Make one with `qrpin keypad pair`")
        }
        return key
    }

    /// Makes a new file that this user alone can read. Never overwrites one.
    public func write(_ key: BaseKey) throws(OSDPKeyFileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("this cannot be made. Choose a name in a directory that can be written") }
        defer { close(descriptor) }
        let text = Array((key.hexadecimal + "\n").utf8)
        guard unsafe Glibc.write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            throw failure("this cannot be written. Is the disk full?")
        }
    }

    /// Nobody has the key.
    public func remove() { _ = unsafe unlink(path) }

    private func failure(_ problem: String) -> OSDPKeyFileError { OSDPKeyFileError(path: path, problem: problem) }
}

public struct OSDPKeyFileError: Error, Hashable, CustomStringConvertible {
    let path: String
    let problem: String

    public var description: String { "\(path): \(problem)\(problem.hasSuffix("?") ? "" : ".")" }
}
