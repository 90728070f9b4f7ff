import Credential
import Testing

@Suite struct PINJSONTests {
    static func members(_ text: String) -> [String: Result<PIN, PINError>]? { PIN.members(ofJSON: Array(text.utf8).span) }

    static func digits(_ text: String, _ name: String = "pin") -> String? {
        (try? members(text)?[name]?.get())?.withDigits { $0 }
    }

    @Test(arguments: [
        #"{"pin":"35387687"}"#, " \t\r\n{ \"a\" : [1, {\"pin\": \"1\"}, true, -1.5e+3] , \"pin\" : \"35387687\" } \n",
        #"{"pin": "\u0033538\u0037687"}"#, #"{"\u0070in": "35387687"}"#, #"{"pin": 1, "pin": "35387687", "b": {}, "c": []}"#,
    ])
    func `a member is a PIN, however JSON lets it be written`(text: String) { #expect(Self.digits(text) == "35387687") }

    @Test func `a string that is no PIN says why`() {
        #expect(throws: PINError.length(3)) { try Self.members(#"{"pin": "123"}"#)?["pin"]?.get() }
        #expect(throws: PINError.notDigits) { try Self.members(#"{"pin": "1234567\u00e9"}"#)?["pin"]?.get() }
        #expect(throws: PINError.notDigits) { try Self.members(#"{"pin": "1234567\n"}"#)?["pin"]?.get() }
    }

    @Test(arguments: [#"{"pin": 35387687}"#, #"{"pin": null}"#, "{}", #"{"pin": "35387687", "pin": null}"#])
    func `what is no string is not there`(text: String) {
        #expect(Self.members(text)?["pin"] == nil && Self.members(text) != nil)
    }

    @Test(arguments: [
        "", "null", "[]", "{", #"{"pin"}"#, #"{"pin": "3"#, #"{"pin": "35387687",}"#, #"{"pin": "35387687"} x"#, #"{pin: "3"}"#,
        #"{"pin": "\x"}"#, #"{"pin": "\u00g0"}"#, "{\"pin\": \"a\nb\"}", #"{"a": [1,]}"#, #"{"a": [1}"#,
        "{\"a\": " + String(repeating: "[", count: 100_000),
    ])
    func `what is no object is nothing, and never a crash`(text: String) { #expect(Self.members(text) == nil) }
}
