import Credential
import Crypto
import FoundationEssentials
import Glibc

/// A file of secret keys, the newest first: one a line, 32 bytes as base64url; behind one that was replaced, the time (RFC 3339)
/// until which it is still good.
struct KeyFile {
    struct Key: Hashable {
        let secret: [UInt8]
        var until: Date?

        static func random() -> Key { Key(secret: unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) }) }
    }

    let directory: String
    let name: String
    var path: String { directory + "/" + name }

    /// Throws a ``ServiceKeyError`` when the file cannot be read or others can read it too.
    ///
    /// The rights of systemd's credentials are systemd's: it lets a service read them by an ACL, which shows as the group's right.
    func read(isCredential: Bool = false) throws -> [Key] {
        if !isCredential {
            guard let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? UInt16 else {
                throw ServiceKeyError(path: path, problem: "cannot be read")
            }
            guard mode & 0o077 == 0 else {
                let octal = String(mode & 0o777, radix: 8)
                throw ServiceKeyError(
                    path: path, problem: "is open to others (mode \(octal))",
                    cure: "Run chmod 600 on it, and rotate the key if someone may have read it.")
            }
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw ServiceKeyError(path: path, problem: "cannot be read")
        }
        return try Self.parse(String(decoding: data, as: UTF8.self), path: path)
    }

    static func parse(_ text: String, path: String) throws -> [Key] {
        let lines = text.split(separator: "\n")
        let keys = lines.compactMap { line -> Key? in
            let words = line.split(separator: " ")
            guard let secret = words.first.flatMap({ Base64URL.decode($0) }), secret.count == 32, words.count <= 2 else {
                return nil
            }
            guard words.count == 2 else { return Key(secret: secret) }
            return (try? Date.ISO8601FormatStyle().parse(String(words[1]))).map { Key(secret: secret, until: $0) }
        }
        guard !keys.isEmpty, keys.count == lines.count else {
            throw ServiceKeyError(path: path, problem: "holds something else than keys")
        }
        return keys
    }

    static func text(_ keys: [Key]) -> String {
        keys.map { key in
            Base64URL.encode(key.secret) + (key.until.map { " " + $0.formatted(Date.ISO8601FormatStyle()) } ?? "") + "\n"
        }.joined()
    }

    /// What the file holds; made with one new key when it is not there.
    func readOrMake() throws -> [Key] {
        try alone {
            if !FileManager.default.fileExists(atPath: path) { try write([.random()]) }
            return try read()
        }
    }

    /// Puts a new key first. Gives what the file holds then.
    func rotate(keepingOldUntil until: Date?) throws -> [Key] {
        try alone {
            var keys = try read()
            // A key is replaced once; its time was set then.
            keys[0].until = until
            keys.insert(.random(), at: 0)
            try write(keys)
            return keys
        }
    }

    /// Keeps other processes out of the directory's keys, so that none overwrites a key that another has begun to use.
    private func alone<Value>(_ body: () throws -> Value) throws -> Value {
        let lock = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw ServiceKeyError(path: directory, problem: "cannot be opened") }
        defer { close(lock) }
        let value = try body()
        guard fsync(lock) == 0 else { throw ServiceKeyError(path: directory, problem: "cannot be written") }
        return value
    }

    /// Whole or not at all, and never open to others for a moment.
    private func write(_ keys: [Key]) throws {
        let new = path + ".new"
        unsafe unlink(new)
        let descriptor = unsafe open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw ServiceKeyError(path: new, problem: "cannot be made") }
        defer { close(descriptor) }
        let bytes = Array(Self.text(keys).utf8)
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
            unsafe rename(new, path) == 0
        else { throw ServiceKeyError(path: path, problem: "cannot be written") }
    }
}

public struct ServiceKeyError: Error, CustomStringConvertible {
    let path: String
    let problem: String
    var cure = "Check the directory and its permissions, or restore the file."

    public var description: String { "\(path) \(problem). \(cure)" }
}
