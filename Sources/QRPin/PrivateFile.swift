import ArgumentParser
import FoundationEssentials
import Glibc

/// A file for its owner alone: whoever reads it has the badge or the PIN in it.
enum PrivateFile {
    static func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Takes the place of what was there, whole or not at all, and is on the disk when this returns.
    static func write(_ data: Data, to path: String) throws {
        let draft = path + ".new"
        do {
            // Made with its permissions, never open for a moment.
            let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw PrivateFileError() }
            defer { close(descriptor) }
            guard fchmod(descriptor, 0o600) == 0 else { throw PrivateFileError() }
            var rest = data[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { throw PrivateFileError() }
                rest = rest.dropFirst(count)
            }
            guard fsync(descriptor) == 0, unsafe rename(draft, path) == 0 else { throw PrivateFileError() }
        } catch is PrivateFileError {
            throw ValidationError(
                "\(path) cannot be written. Is there room, and is the directory yours? Or choose another --out.")
        }
    }

    private struct PrivateFileError: Error {}
}
