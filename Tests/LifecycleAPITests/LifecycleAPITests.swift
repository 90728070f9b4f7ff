import FoundationEssentials
import LifecycleAPI
import Testing

@Suite struct WireJSONTests {
    /// The forms are those of the Graph contract §7: any offset, 0 to 7 fraction digits.
    @Test(arguments: [
        ("2026-01-01T12:00:00Z", 1_767_268_800.0), ("2026-01-01T12:00:00+00:00", 1_767_268_800.0),
        ("2026-01-01T14:00:00+02:00", 1_767_268_800.0), ("2026-01-01T12:00:00.5Z", 1_767_268_800.5),
        ("2025-03-04T21:27:46.9771036Z", 1_741_123_666.977), ("2026-01-01T14:00:00.250000+02:00", 1_767_268_800.25),
    ])
    func `every date that Graph's clients send is read`(text: String, seconds: Double) throws {
        let date = try #require(WireJSON.date(from: text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.001)
    }

    @Test(arguments: ["", "yesterday", "2026-01-01", "2026-01-01T12:00:00.Z", "2026-13-01T12:00:00Z", "String (timestamp)"])
    func `what is no date is refused`(text: String) {
        #expect(WireJSON.date(from: text) == nil)
    }

    @Test func `dates are written in UTC with milliseconds`() {
        #expect(WireJSON.string(from: Date(timeIntervalSince1970: 1_767_268_800.25)) == "2026-01-01T12:00:00.250Z")
    }

    @Test func `every millisecond is written as it is and read back`() {
        for millisecond in stride(from: 1_795_521_600_000, to: 1_795_521_630_000, by: 7) {
            let date = Date(timeIntervalSince1970: Double(millisecond) / 1000)
            let text = WireJSON.string(from: date)
            #expect(text.hasSuffix(".\(String(millisecond % 1000 + 1000).dropFirst())Z"))
            #expect(WireJSON.date(from: text).map { Int(($0.timeIntervalSince1970 * 1000).rounded()) } == millisecond)
        }
    }

    @Test func `a PIN on its way has no description`() {
        var dumped = "\(PINSubmission(pin: "73190462"))\(String(reflecting: NewPINSubmission(newPin: "73190462")))"
        dump(PINSubmission(pin: "73190462"), to: &dumped)
        #expect(!dumped.contains("7319"))
    }
}

@Suite struct ResultCodeTests {
    @Test func `each result has a Graph error code of its own, and success is 0`() {
        #expect(Set(ResultCode.allCases.map(\.graphErrorCode)).count == ResultCode.allCases.count)
        #expect(ResultCode.signedIn.graphErrorCode == 0)
        #expect(ResultCode.lockedOut.graphErrorCode == 50053)
    }

    @Test func `the end of a session is listed without a failure and without a step of authentication`() {
        for (result, isFailure, steps) in [("signedIn", false, 1), ("signedOut", false, 0), ("wrongPIN", true, 1)] {
            let entry = GraphSignIn(
                id: "1", kioskID: "k", kioskSequence: 1, occurred: Date(timeIntervalSince1970: 0),
                received: Date(timeIntervalSince1970: 0), result: result, userID: nil, userPrincipalName: nil,
                userDisplayName: nil, qrCodeID: nil, clockTrusted: true)
            #expect((entry.status.failureReason != nil) == isFailure)
            #expect((entry.status.additionalDetails != nil) == (result == "signedOut"))
            #expect(entry.authenticationDetails.count == steps)
        }
    }

    @Test func `each result has a sentence for the worker and one for the administrator`() {
        for code in ResultCode.allCases {
            #expect(code.workerSentence.hasSuffix("."))
            #expect(code.administratorSentence.hasSuffix("."))
        }
    }
}
