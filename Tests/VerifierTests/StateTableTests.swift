import Foundation
import Testing

@Suite struct StateTableTests {
    /// When this fails the table is written anew: look at what changed.
    @Test func `the documentation's state table is the machine's`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Verifier/StateTable.md")
        let table = try StateTable.markdown()
        let kept = try? String(contentsOf: file, encoding: .utf8)
        if kept != table { try Data(table.utf8).write(to: file) }
        #expect(kept == table, "Sources/Verifier/StateTable.md was not the machine's; it is now.")
    }
}
