import Foundation
import Synchronization
import Testing

@testable import ScannerProcess

@Suite struct ScannerProcessTests {
    /// The first reports of a shell script in the scanner's place.
    private func reports(of script: String, count: Int) async throws -> [ScannerProcess.Report] {
        let seen = Mutex<[ScannerProcess.Report]>([])
        let running = Task {
            await ScannerProcess(executable: "/bin/sh", arguments: ["-c", script]).run { report in
                seen.withLock { $0.append(report) }
            }
        }
        for _ in 0..<12_000 where seen.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(10)) }
        running.cancel()
        await running.value
        return Array(seen.withLock { $0 }.prefix(count))
    }

    @Test func `lines become reports as they come, and what is no line of the scanner's is dropped`() async throws {
        let script = #"""
            echo '{"device":"/dev/video0","state":"streaming"}'; echo rubbish; echo '{"state":"dancing"}'; echo '{}'
            echo '{"text":"ms-qrpin:v1|a","time":"2026-11-24T12:00:00Z"}'; echo '{"reason":"unplugged","state":"absent"}'; exec sleep 60
            """#
        let seen = try await reports(of: script, count: 3)
        #expect(seen == [.streaming(device: "/dev/video0"), .read(text: "ms-qrpin:v1|a"), .absent(reason: "unplugged")])
    }

    @Test func `a scanner that dies is counted and started again`() async throws {
        let seen = try await reports(of: #"echo '{"text":"x"}'; kill -SEGV $$"#, count: 4)
        try #require(seen.count == 4)
        #expect(seen.filter { $0 == .read(text: "x") }.count == 2)
        guard case .crashed(let reason, 1) = seen[1], case .crashed(_, 2) = seen[3] else {
            Issue.record("\(seen)")
            return
        }
        #expect(reason.contains("signaled(11)"))
    }

    @Test func `after a crash the next scanner starts within a second, and after more crashes in a row within ten`() {
        #expect(ScannerProcess.pause(after: 1) == .milliseconds(250))
        #expect((1...100).allSatisfy { ScannerProcess.pause(after: $0) <= .seconds(10) })
        #expect(ScannerProcess.pause(after: 100) == .seconds(10))
    }

    @Test func `a scanner that is not there is told by its name`() async throws {
        let seen = Mutex<[ScannerProcess.Report]>([])
        let running = Task {
            await ScannerProcess(executable: "/no/such/scanner", arguments: []).run { report in
                seen.withLock { $0.append(report) }
            }
        }
        for _ in 0..<12_000 where seen.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
        running.cancel()
        await running.value
        guard case .crashed(let reason, 1)? = seen.withLock({ $0.first }) else {
            Issue.record("no report")
            return
        }
        #expect(reason.contains("/no/such/scanner"))
    }

    @Test func `a preview that is not what the scanner promises is dropped`() {
        func line(_ width: Int, _ height: Int, _ luma: String, _ outline: String = "null") -> String {
            #"{"preview":{"width":\#(width),"height":\#(height),"luma":"\#(luma)","outline":\#(outline)}}"#
        }
        guard case .preview(let preview)? = ScannerLine.parse(line(2, 1, "AP8=", "[0,0,2,1]")) else {
            Issue.record("no preview")
            return
        }
        #expect(Array(preview.luma) == [0, 255] && preview.outline == [0, 0, 2, 1])
        for wrong in [
            line(2, 2, "AP8="), line(0, 0, ""), line(-1, -2, "AP8="), line(2, 1, "AP8=", "[0,0,3,1]"),
            line(2, 1, "AP8=", "[0,0,1]"),
            line(2, 1, "AP8=", "[-1,0,1,1]"), line(161, 1, Data(count: 161).base64EncodedString()), line(2, 1, "no base64"),
            line(2, 1, "AP8=", "[9223372036854775807,0,9223372036854775807,1]"),
        ] { #expect(ScannerLine.parse(wrong) == nil, "\(wrong)") }
    }

    @Test func `no line, however odd, is more than dropped`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = ScannerLine.parse(String(decoding: bytes, as: UTF8.self))
        }
        #expect(ScannerLine.parse("") == nil && ScannerLine.parse("[1]") == nil)
    }
}
