import Foundation
import Testing

@testable import SignInReporting

@Suite struct ServiceProbeTests {
    @Test func `a date is read as RFC 9110 §5.6.7 has it`() {
        #expect(ServiceProbe.date("Sun, 06 Nov 1994 08:49:37 GMT") == Date(timeIntervalSince1970: 784_111_777))
        for text in ["", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT"] {
            #expect(ServiceProbe.date(text) == nil)
        }
    }

    @Test func `a service that nobody serves is unreachable`() async {
        await #expect(throws: LifecycleClientError.self) { try await ServiceProbe(url: "http://127.0.0.1:1") }
    }
}
