import AsyncHTTPClient
import Foundation
import KioskPage
import NIOCore
import NIOHTTP1
import Testing

@Suite struct AssertionTests {
    static let secret = "0123456789abcdef0123456789abcdef"
    static let header: HTTPHeaders = ["Authorization": "Bearer \(secret)"]

    private func tokenFile(_ text: String, mode: Int = 0o640) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "qrpin-token-\(UUID())").path
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test func `the application takes an assertion once, and the page's token does not open it`() async throws {
        let path = try tokenFile(Self.secret + "\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let feed = StateFeed()
        let box = AssertionBox(feed: feed)
        let application = PageServer.Application(token: try PageToken(path: path), box: box)
        try await ServedPage.run(application: application, feed: feed) { page in
            #expect(try await page.send(.POST, "/api/v1/assertion", Self.header).status == .notFound)
            box.put("e30.e30.e30", of: "attempt-1")
            #expect(try await page.text("/api/v1/state", Self.header).contains(#""hasAssertion":true"#))
            #expect(try await page.send(.POST, "/api/v1/assertion", page.bearer()).status == .unauthorized)
            let answer = try await page.send(.POST, "/api/v1/assertion", Self.header)
            let body = try await answer.body.collect(upTo: 4096)
            let taken = try JSONDecoder().decode([String: String].self, from: Data(body.readableBytesView))
            #expect(taken == ["attemptId": "attempt-1", "assertion": "e30.e30.e30"])
            #expect(try await page.send(.POST, "/api/v1/assertion", Self.header).status == .notFound)
            #expect(try await page.text("/api/v1/state", Self.header).contains(#""hasAssertion":false"#))
            box.put("e30.e30.e30", of: "attempt-2")
            box.clear()
            #expect(try await page.send(.POST, "/api/v1/assertion", Self.header).status == .notFound)
        }
    }

    @Test func `without an application nobody opens it`() async throws {
        try await ServedPage.run { page in
            let answer = try await page.send(.POST, "/api/v1/assertion", page.bearer())
            #expect(answer.status == .unauthorized)
        }
    }

    @Test func `an assertion prints as redacted`() {
        let box = AssertionBox(feed: StateFeed())
        box.put("e30.e30.e30", of: "attempt")
        var dumped = ""
        dump(box, to: &dumped)
        for text in ["\(box)", String(reflecting: box), dumped] { #expect(!text.contains("e30"), "\(text)") }
    }

    @Test(arguments: [
        (secret, 0o644), (secret, 0o602), ("short", 0o600), ("two words of thirty-two letters and more", 0o600), ("", 0o600),
    ])
    func `a file that is no secret is refused with its cure`(text: String, mode: Int) throws {
        let path = try tokenFile(text, mode: mode)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: KioskPageError.self) { try PageToken(path: path) }
        #expect(error?.description.hasPrefix("--application-token \(path): ") == true)
    }
}
