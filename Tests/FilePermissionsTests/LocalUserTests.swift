import FilePermissions
import Foundation
import Testing

@Suite struct LocalUserTests {
    /// Something new of this mode, which belongs to who runs the tests.
    private func made(mode: Int, isDirectory: Bool = false, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "qrpin-\(UUID())").path
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
        if isDirectory {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } else {
            try Data().write(to: URL(filePath: path))
        }
        try FileManager.default.setAttributes(attributes, ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `what is the owner's alone is an obstacle to another user, with a cure that names both`() throws {
        let nobody = try #require(LocalUser(named: "nobody"))
        try made(mode: 0o600) { path in
            let cure = try #require(nobody.obstacle(at: path))
            #expect(cure.contains("nobody"))
            #expect(LocalUser().obstacle(at: path) == nil)
        }
        try made(mode: 0o700, isDirectory: true) { path in
            #expect(nobody.obstacle(at: path, isDirectory: true) == "Run `chown nobody \(path)`.")
        }
    }

    @Test func `what everyone may read and write is none, and what everyone may only read is one`() throws {
        let nobody = try #require(LocalUser(named: "nobody"))
        try made(mode: 0o666) { #expect(nobody.obstacle(at: $0) == nil) }
        try made(mode: 0o644) { #expect(nobody.obstacle(at: $0) != nil) }
        try made(mode: 0o777, isDirectory: true) { #expect(nobody.obstacle(at: $0, isDirectory: true) == nil) }
        try made(mode: 0o755, isDirectory: true) { #expect(nobody.obstacle(at: $0, isDirectory: true) != nil) }
    }

    @Test func `what is not there has to be made`() throws {
        #expect(LocalUser().obstacle(at: "/nowhere/at/all")?.hasPrefix("Make /nowhere/at/all") == true)
    }

    @Test func `a user that is not there is none`() {
        #expect(LocalUser(named: "no such user") == nil)
        #expect(LocalUser(named: "root")?.name == "root")
    }
}
