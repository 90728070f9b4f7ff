import Foundation
import OSDP
import Testing
import Verifier

@testable import SerialKeypad

@Suite struct OSDPKeypadTests {
    private func capabilities(light: Bool = true, buzzer: Bool = true, columns: Int = 16) -> Capabilities {
        var capabilities = Capabilities()
        (capabilities.hasLight, capabilities.hasBuzzer, capabilities.columns) = (light, buzzer, columns)
        return capabilities
    }

    @Test func `a device beeps, lights and writes what it can`() {
        var feedback = OSDPFeedback()
        #expect(feedback.show(.holdUpBadge).isEmpty)
        feedback.capabilities = capabilities()
        #expect(feedback.again() == [.light(.black), .text("Show badge      ")])
        #expect(feedback.show(.holdUpBadge).isEmpty)
        #expect(
            feedback.show(.pin(.current, typed: 3, length: 8))
                == [.buzzer(on: 1, off: 1, count: 1), .light(.black), .text("PIN ***         ")])
        #expect(
            feedback.show(.outcome(.wrongPIN, name: "ada"))
                == [.buzzer(on: 1, off: 1, count: 3), .light(.red), .text("Not signed in   ")])
        #expect(feedback.show(.outcome(.signedIn, name: "ada")).contains(.light(.green)))
    }

    @Test func `a device is sent nothing that it cannot do`() {
        var feedback = OSDPFeedback()
        feedback.capabilities = capabilities(light: false, buzzer: true, columns: 0)
        #expect(feedback.show(.outcome(.wrongPIN, name: nil)) == [.buzzer(on: 1, off: 1, count: 3)])
        feedback.capabilities = capabilities(light: true, buzzer: false, columns: 20)
        #expect(feedback.again() == [.light(.red), .text("Not signed in       ")])
    }

    @Test func `the number of a card is no badge, and a badge's text is one`() {
        let badge = Array("ms-qrpin:v1|ada@example.test|x|y".utf8)
        #expect(OSDPKeypad.text(SecretBytes(badge), bits: badge.count * 8) == String(decoding: badge, as: UTF8.self))
        #expect(OSDPKeypad.text(SecretBytes(badge), bits: badge.count * 8 - 1) == nil)
        #expect(OSDPKeypad.text(SecretBytes([0x12, 0xAB, 0x34, 0xC0]), bits: 26) == nil)
        #expect(OSDPKeypad.text(SecretBytes([0x31, 0x32, 0x33, 0x34]), bits: 32) == nil)
        #expect(OSDPKeypad.text(SecretBytes(badge + [0xFF]), bits: badge.count * 8 + 8) == nil)
    }

    @Test(arguments: [("0", Key.digit(0)), ("9", .digit(9)), ("\r", .enter), ("#", .enter), ("\u{7F}", .clear), ("*", .clear)])
    func `keys are numbered as OSDP does`(byte: String, key: Key) { #expect(KeyMap.osdp[Array(byte.utf8)[0]] == key) }

    @Test func `a function key is none, unless it is named`() throws {
        #expect(KeyMap.osdp[0x43] == nil)
        #expect(try KeyMap(enter: [0x0D], correct: [], clear: [0x7F], cancel: [0x41])[0x41] == .cancel)
    }

    @Test func `a key's file is its owner's alone, and is read again`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "osdp-\(UUID()).key").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (file, key) = (OSDPKeyFile(path), BaseKey.random())
        #expect(!file.exists)
        try file.write(key)
        #expect(try file.exists && file.read() == key)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(throws: OSDPKeyFileError.self) { try file.write(.random()) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let open = #expect(throws: OSDPKeyFileError.self) { try file.read() }
        #expect(open?.description.contains("chmod o=") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        for text in ["", "30313233", "303132333435363738393a3b3c3d3e3f"] {
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(throws: OSDPKeyFileError.self) { try file.read() }
        }
    }
}
