import BadgeSheet
import BarcodeReader
import CommaSeparatedValues
import Credential
import Foundation
import HIDScanner
import InputDevice
import KioskRuntime
import LifecycleAPI
import NFCTag
@testable import OSDP
import QRCode
import SecureDynamicMessaging
import Settings
import SignInBench
import SymbolLocator
import Verifier

@testable import HIDKeypad
@testable import ScannerProcess
@testable import SerialKeypad
import SerialLine
@testable import SerialScanner
@testable import VideoCapture

/// Each parser that reads what comes from outside. A crash, a trap or a sanitizer's report is a finding.
let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "badge": { bytes in
        if case .badge(let badge) = BadgeReading.parse(bytes) {
            // What was read and is written again is the same, but for the case of the id.
            precondition(badge.text.lowercased() == String(decoding: bytes, as: UTF8.self).lowercased())
        }
    },
    "base64url": { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let decoded = Base64URL.decode(text) { precondition(Base64URL.encode(decoded) == text) }
    },
    "changes": { bytes in
        // Whatever a service says of changes, what is left are entries that were there, and none without rules.
        guard let feed = try? WireJSON.decode(ChangeFeed.self, from: Data(bytes)),
            let id = QRCodeID("1a253da5-3f9a-457d-bd9c-de1aab9a2e59"),
            let window = ValidityWindow(start: .distantPast, expiry: .distantFuture)
        else { return }
        let grant = OfflineGrant(userID: "ada", userPrincipalName: "ada", expiry: .distantFuture, changeNumber: 1)
        let entry = OfflineEntry(qrCodeID: id, grant: grant, window: window, pinLength: 8)
        let (update, moment) = (OfflineUpdate(feed), Moment(wall: Date(timeIntervalSince1970: 1_795_521_600), uptime: .zero))
        var knowledge = OfflineKnowledge()
        knowledge.rules = OfflineRules(lifetime: 3600, changesMaxAge: 300)
        let left = knowledge.take(update, [entry], at: moment)
        precondition(left.allSatisfy { $0.grant == grant } && left.count <= 1 && (left.isEmpty || knowledge.rules != nil))
        precondition(knowledge.changeNumber == feed.number)
        _ = knowledge.verdict(on: left.first ?? entry, at: moment)
    },
    "settings": { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let file = SettingsFile(text, path: "file")
        // Each line is a setting, a problem, a remark or empty; and what was read and is written again is the same.
        precondition(
            file.settings.count + file.problems.count
                <= text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count)
        let written = file.settings.map { "\($0.key) = \($0.value)" }
        let again = SettingsFile(written.joined(separator: "\n"), path: "file")
        precondition(again.settings.map { "\($0.key) = \($0.value)" } == written && again.problems.isEmpty)
    },
    "csv": { bytes in
        let csv = String(decoding: bytes, as: UTF8.self)
        _ = try? UserList(csv: csv) { $0.isEmpty ? "empty" : nil }
        _ = try? UserList.names(csv: csv)
        // What a list says is on the badges, quoted or not.
        guard let list = try? BadgeList(csv: csv) else { return }
        let lines = list.entries.map { CSVTable.line([$0.name, $0.payload, $0.note]) }
        let again = try? BadgeList(csv: "name,payload,note\r\n" + lines.joined())
        precondition(again?.entries == list.entries)
    },
    "date": { _ = WireJSON.date(from: String(decoding: $0, as: UTF8.self)) },
    "wire": { bytes in
        let data = Data(bytes)
        _ = WireJSON.flaw(in: bytes)
        if let request = try? WireJSON.decode(PolicyRequest.self, from: data), let sent = try? WireJSON.encode(request) {
            // What we write ourselves has no stray comma; it has a NUL where the text had one.
            precondition(WireJSON.flaw(in: sent)?.contains("comma") != true)
        }
        _ = try? WireJSON.decode(MethodRequest.self, from: data)
        _ = try? WireJSON.decode(SignInStart.self, from: data)
        _ = try? WireJSON.decode(SignInEventBatch.self, from: data)
        _ = try? WireJSON.decode(EnrolmentRequest.self, from: data)
        _ = try? WireJSON.decode(KioskHealth.self, from: data)
        _ = try? WireJSON.decode(ChangeFeed.self, from: data)
        _ = try? WireJSON.decode(ChainAnswer.self, from: data)
        _ = try? WireJSON.decode(GraphMethod.self, from: data)
        _ = try? WireJSON.decode(GraphSignIns.self, from: data)
        _ = try? WireJSON.decode(BulkRequest.self, from: data)
        _ = try? WireJSON.decode(BulkNext.self, from: data)
    },
    "pin": { bytes in
        // What Foundation reads as an object with a PIN, this reads as the same one.
        struct Body: Decodable { let pin: String }
        let members = PIN.members(ofJSON: bytes.span)
        guard let digits = try? JSONDecoder().decode(Body.self, from: Data(bytes)).pin, let pin = try? PIN(digits: digits),
            let read = try? members?["pin"]?.get()
        else { return }
        precondition(read.matches(pin))
    },
    "scenario": { bytes in
        // An error names the file.
        do throws(ScenarioError) { _ = try Scenario(yaml: String(decoding: bytes, as: UTF8.self), file: "fuzz.yaml") } catch {
            precondition(error.description.hasPrefix("fuzz.yaml"))
        }
    },
    "scanner-line": { _ = ScannerLine.parse(String(decoding: $0, as: UTF8.self)) },
    "keypad": { keys(in: $0, [.ascii]) },
    "keypad-frames": { keys(in: $0, [.frames, .lines]) },
    "keypad-vt": { keys(in: $0, [.vt]) },
    "keypad-wiegand": { keys(in: $0, [.wiegand4, .wiegand8]) },
    "keypad-lesson": { bytes in
        // Bursts of four bytes for the digits, and what is left for enter: what is concluded reads the digits again.
        var lesson = KeypadLesson()
        let bursts = stride(from: 0, to: bytes.count, by: 4).map { Array(bytes[$0..<min($0 + 4, bytes.count)]) }
        for (index, burst) in bursts.enumerated() {
            if index < 10 { lesson.take(burst, forDigits: [.digit(UInt8(index))]) } else { lesson.take(burst, for: .enter) }
        }
        _ = KeypadLesson.format(ofOnes: bursts, framing: SerialFraming())
        guard let (framing, profile) = try? lesson.conclusion(), framing.dataBits == 8 else { return }
        for (index, burst) in bursts.prefix(10).enumerated() {
            var reader = KeyReader(profile)
            precondition(reader.read(burst, at: .zero) + reader.read([], at: .seconds(2)) == [.digit(UInt8(index))])
        }
    },
    "scan": { bytes in
        // The first byte says how long the prefix is, the second how long the suffix; they come next.
        guard bytes.count > 2 else { return }
        var (framing, rest) = (ScanFraming(), bytes.dropFirst(2))
        framing.prefix = Array(rest.prefix(Int(bytes[0]) % 4))
        rest = rest.dropFirst(framing.prefix.count)
        framing.suffix = Array(rest.prefix(Int(bytes[1]) % 3))
        rest = rest.dropFirst(framing.suffix.count)
        var (decoder, now) = (ScanDecoder(framing), Duration.zero)
        for byte in rest {
            for case .code(let code) in decoder.decode(byte, at: now) {
                precondition(!code.text.isEmpty || code.identifier != nil)
            }
            now += .milliseconds(Int(bytes[0] / 4))
        }
        // Whatever came before, after a pause a whole code is read.
        _ = decoder.pause(at: now + .seconds(2))
        let code = framing.prefix + Array("]Q1abc".utf8) + framing.suffix
        guard framing.suffix.allSatisfy({ !framing.prefix.contains($0) && !"]Q1abc".utf8.contains($0) }),
            framing.prefix.first != 0x0A
        else {
            return
        }
        now += .seconds(2)
        let scans = code.flatMap { decoder.decode($0, at: now) } + decoder.pause(at: now + .seconds(2))
        precondition(scans == [.code(ScannedCode(Array("]Q1abc".utf8)))])
    },
    "scan-lesson": { bytes in
        // What is concluded from a scan reads it.
        var lesson = ScannerLesson(text: "abc")
        _ = lesson.take(bytes)
        guard let found = lesson.take(bytes), found.line == SerialFraming() else { return }
        var decoder = ScanDecoder(found.framing)
        _ = bytes.flatMap { decoder.decode($0, at: .zero) } + decoder.pause(at: .seconds(2))
    },
    "keypad-map": { bytes in
        // What is a map is the same one when its names are read again.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let enter = try? ByteName.bytes(text), let map = try? KeyMap(enter: enter, correct: [], clear: [], cancel: [])
        else {
            return
        }
        precondition((try? ByteName.bytes(ByteName.text(enter))) == enter && map.bytes(of: .enter) == enter.sorted())
    },
    "hid-keypad": { bytes in
        // Events of four bytes: type, code, value. No key comes of a repetition or of what was lost, and none is a digit beyond 9.
        var (listener, isInGap, now) = (HIDKeypadListener(), false, Duration.zero)
        for chunk in stride(from: 0, to: bytes.count, by: 16).map({ Array(bytes[$0..<min($0 + 16, bytes.count)]) }) {
            let events = rawEvents(chunk)
            let reading = EventReading(events, isInGap: &isInGap)
            let reports = listener.hear(.strokes(reading.strokes, at: now))
            precondition(reports.count <= events.count { $0.type == 1 && $0.value == 1 })
            for case .key(.digit(let digit)) in reports { precondition(digit <= 9) }
            if reading.hasGap { precondition(listener.hear(.dropped(held: [], at: now)).count == 1) }
            now += .milliseconds(100)
        }
    },
    "hid-scanner": { bytes in
        // Strokes of two bytes: a code whose highest bit says that it goes up, or that strokes were lost, and the time that went by.
        var (decoder, now) = (HIDScanDecoder(layouts: layouts), Duration.zero)
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (code, isUp) = (UInt16(bytes[index] & 0x7F), bytes[index] & 0x80 != 0)
            now += .milliseconds(Int(bytes[index + 1] >> 4))
            let scans =
                bytes[index + 1] & 15 == 15
                ? decoder.resume(held: [code], at: now) : decoder.take(code: code, isDown: !isUp, at: now)
            for case .code(let code) in scans { precondition(!code.text.isEmpty || code.identifier != nil) }
        }
        // Whatever came before, when all keys are up and nothing follows, the next code is read: 42 and Enter.
        for code in UInt16(0)..<128 { _ = decoder.take(code: code, isDown: false, at: now) }
        now += .seconds(2)
        _ = decoder.pause(at: now)
        let scans = [5, 3, 28].flatMap { code in
            [true, false].flatMap { decoder.take(code: code, isDown: $0, at: now) }
        }
        precondition(scans.count == 1 && scans.allSatisfy { if case .code(let code) = $0 { code.text == "42" } else { false } })
    },
    "ndef": { bytes in
        // What is a message is the same one when it is written and read again.
        if let message = NDEFMessage(bytes) { precondition(NDEFMessage(message.bytes) == message) }
        _ = NDEFMessage(bytes)?.text
    },
    "dynamic-message": { bytes in
        // The first 32 bytes are a card's keys, the rest is what it says. What is a message is the same one when it is written and read again.
        guard let message = DynamicMessage(String(decoding: bytes.dropFirst(32), as: UTF8.self)) else { return }
        precondition(DynamicMessage(message.text) == message)
        // Of 2^72 messages one is a card's.
        precondition(CardKeys(bytes: Array(bytes.prefix(32)))?.reading(of: message, macInput: bytes) == nil)
    },
    "osdp": { bytes in
        // What is a frame is the same one when it is written and read again. A reply in it parses or does not.
        var reader = FrameReader(address: 0)
        for frame in reader.read(bytes) {
            precondition(Frame(frame.bytes) == frame)
            _ = Reply(code: frame.code, data: frame.data)
        }
        // Without the key there is no line on which a device is online, or a key pressed. The first byte of each 20 is a time.
        var (panel, now) = (ControlPanel(address: 0, baud: 9600, key: .random()), Duration.zero)
        for start in stride(from: 0, to: bytes.count, by: 20) {
            now += .milliseconds(Int(bytes[start]))
            for case .event(let event) in panel.receive(Array(bytes[start..<min(start + 20, bytes.count)].dropFirst()), at: now) {
                guard case .offline = event else { preconditionFailure("\(event)") }
            }
        }
    },
    "tag": { bytes in
        // The card answers each command with the next so many bytes, of which the first says how many, and then nothing more.
        var (rest, commands) = (bytes[...], 0)
        let transmit: ([UInt8]) -> [UInt8] = { _ in
            commands += 1
            guard let count = rest.popFirst() else { return [] }
            defer { rest = rest.dropFirst(Int(count)) }
            return Array(rest.prefix(Int(count)))
        }
        let reading = Tag.read(transmit)
        precondition(commands <= 150)
        if case .message(let message) = reading { _ = message.text }
        rest = bytes[...]
        _ = Tag.write(NDEFMessage([.text("ms-qrpin:v1|a|b|c")]), transmit)
    },
    "picture": { _ = try? LumaPicture(reading: Data($0)) },
    "symbol": { bytes in
        // The first byte is the width, less one; the rest are the rows.
        guard let first = bytes.first, bytes.count > 1 else { return }
        let (width, rows) = (Int(first) + 1, bytes.dropFirst())
        let height = rows.count / width
        let reader = BarcodeReader()
        let plane = LumaPlane(width: width, height: height, pixels: Array(rows.prefix(width * height)))
        func answer(_ sight: SymbolSight) -> SymbolAnswer {
            let (drawing, density) = (sight.drawing, Int32(SymbolSight.lineSpacing))
            let payloads = reader.read(drawing.pixels, width: drawing.width, height: drawing.height, density: density)
            return payloads.isEmpty ? .notRead : .read
        }
        SymbolLocator().locate(in: plane) { sight, _ in answer(sight) }
        SymbolLocator().locateSmeared(in: plane, answer)
    },
    "encode": { bytes in
        // Any bytes encode, or are too long; the shortest segments are never longer than byte mode alone.
        guard let symbol = try? Symbol(encoding: bytes), let plain = try? Symbol(segments: [.byte(bytes)]) else {
            precondition(bytes.count > 2953)
            return
        }
        precondition(symbol.version <= plain.version)
        if !bytes.isEmpty { precondition(readBack(symbol) == bytes) }
    },
    "segment": { bytes in
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let segment: Segment? =
            switch first % 5 {
            case 0: try? .numeric(rest)
            case 1: try? .alphanumeric(rest)
            case 2: try? .kanji(String(decoding: rest, as: UTF8.self))
            case 3: try? .eci(rest.reduce(0) { $0 << 3 ^ Int($1) })
            default: .byte(rest)
            }
        guard let segment, let symbol = try? Symbol(segments: [segment], mask: 0) else { return }
        // Kanji come back in Shift JIS, and an ECI is no text.
        if [0, 1, 4].contains(first % 5), !rest.isEmpty { precondition(readBack(symbol) == rest) }
    },
    "enrolment-code": { bytes in
        // However it was typed, what is shown is the same code.
        if let code = EnrolmentCode(String(decoding: bytes, as: UTF8.self)) { precondition(EnrolmentCode(code.text) == code) }
    },
    "filter": { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? SignInFilter(text)
        _ = try? AuditFilter(text)
        _ = try? DirectoryFilter(users: text)
    },
    "frame": { bytes in
        guard bytes.count > 4 else { return }
        let format = PixelFormat.allCases[Int(bytes[0]) % PixelFormat.allCases.count]
        // Twice, because the second frame finds the first one's memory.
        var buffer = LumaBuffer()
        for _ in 0..<2 {
            _ = try? buffer.picture(
                of: Array(bytes[4...]).span.bytes, format: format, width: Int(bytes[1]), height: Int(bytes[2]),
                stride: Int(bytes[3]) * 2)
        }
    },
]

private func rawEvents(_ bytes: [UInt8]) -> [RawEvent] {
    var events: [RawEvent] = []
    for start in stride(from: 0, to: bytes.count - 3, by: 4) {
        let code = UInt16(bytes[start + 1]) | UInt16(bytes[start + 2] & 3) << 8
        events.append(RawEvent(type: UInt16(bytes[start] & 7), code: code, value: Int32(Int8(bitPattern: bytes[start + 3]))))
    }
    return events
}

/// Those in which the row on top has digits without Shift.
private let layouts = ["us", "gb", "de"].compactMap { try? KeyboardLayout($0) }

/// The first byte chooses a profile and the silence after each five of the others.
private func keys(in bytes: [UInt8], _ formats: [KeypadProfile.Format]) {
    guard let first = bytes.first else { return }
    var profile = KeypadProfile()
    profile.format = formats[Int(first) % formats.count]
    profile.checksum = FrameKeyDecoder.Checksum.allCases[Int(first >> 1) % 3]
    let pause = Duration.milliseconds(Int(first >> 4) * 10)
    var (one, other, now) = (KeyReader(profile), KeyReader(profile), Duration.zero)
    for chunk in stride(from: 1, to: bytes.count, by: 5).map({ bytes[$0..<min($0 + 5, bytes.count)] }) {
        // However bytes that came at one time are handed on, they are the same keys; and no key has a digit beyond 9.
        let keys = chunk.flatMap { one.read([$0], at: now) }
        precondition(keys == other.read(Array(chunk), at: now))
        for case .digit(let digit) in keys { precondition(digit <= 9) }
        now += pause
        precondition(one.read([], at: now) == other.read([], at: now))
    }
}

/// What ZBar reads at one of three scales: its finder may stumble over a symbol at one.
private func readBack(_ symbol: Symbol) -> [UInt8]? {
    let reader = BarcodeReader(isText: false)
    return (3...5).lazy.map { scale in
        let raster = symbol.greyRaster(pixelsPerModule: scale)
        return reader.read(raster.pixels, width: raster.width, height: raster.height).first
    }.first { $0 != nil } ?? nil
}

private let target: @Sendable ([UInt8]) -> Void = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = targets[name] else {
        print("FUZZ_TARGET is one of \(targets.keys.sorted().joined(separator: " "))")
        exit(2)
    }
    return target
}()

/// libFuzzer's entry (llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput") func fuzzOne(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver") private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ one: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// SwiftPM wants a main of its own in place of libFuzzer's.
@main enum Fuzz {
    static func main() {
        var (count, arguments) = (CommandLine.argc, CommandLine.unsafeArgv)
        exit(runDriver(&count, &arguments, fuzzOne))
    }
}
