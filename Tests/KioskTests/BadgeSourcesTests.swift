import Credential
import KioskRuntime
import NFCTag
import SecureDynamicMessaging
import Testing
import Verifier

@Suite struct BadgeSourcesTests {
    private func name(_ event: Event?) -> String {
        switch event {
        case .lost(.scanner): "lost"
        case .returned(.scanner): "returned"
        case nil: "nothing"
        default: "something else"
        }
    }

    @Test func `badges cannot be read once all sources are gone, and can as soon as one is back`() {
        let sources = BadgeSources([.camera, .tap])
        #expect(name(sources.found(.camera, false)) == "nothing")
        #expect(name(sources.found(.tap, false)) == "lost")
        #expect(name(sources.found(.tap, true)) == "returned")
        #expect(name(sources.found(.camera, true)) == "returned")
        #expect(name(sources.found(.tap, false)) == "nothing")
        #expect(name(sources.found(.camera, false)) == "lost")
    }

    @Test func `one source alone is lost with its first word`() {
        #expect(name(BadgeSources([.tap]).found(.tap, false)) == "lost")
        #expect(name(BadgeSources([.tap]).found(.tap, true)) == "returned")
    }

    @Test func `a source counts as one to show a badge to until it is known to be away`() {
        let sources = BadgeSources([.camera, .reader])
        #expect(sources.inUse == [.camera, .reader] && sources.has(.reader) && !sources.has(.tap))
        _ = sources.found(.camera, false)
        #expect(sources.inUse == [.reader])
        _ = sources.found(.camera, true)
        #expect(sources.inUse == [.camera, .reader])
    }

    @Test(
        arguments: [
            ([.camera], "Hold up your badge."), ([.reader], "Scan your badge."), ([.tap], "Tap your badge."),
            ([.camera, .reader], "Hold up or scan your badge."), ([.camera, .tap], "Hold up your badge or tap it."),
            ([.reader, .tap], "Scan your badge or tap it."),
            ([.camera, .reader, .tap], "Hold up or scan your badge, or tap it."),
        ] as [(Set<BadgeSource>, String)])
    func `a person reads what a badge can be shown to here`(sources: Set<BadgeSource>, sentence: String) {
        #expect(Display.holdUpBadge.sentence(at: sources) == sentence)
    }

    @Test(
        arguments: [
            ([.camera], [.scanner], "the camera is"), ([.tap], [.scanner], "the card reader is"),
            ([.camera], [.scanner, .keypad], "the camera and keypad are"),
            ([.camera, .reader, .tap], [.scanner, .keypad], "the camera, barcode scanner, card reader and keypad are"),
        ] as [(Set<BadgeSource>, Set<Device>, String)])
    func `what is not connected is named as what it is`(sources: Set<BadgeSource>, missing: Set<Device>, what: String) {
        let sentence = Display.outOfOrder(missing: missing).sentence(at: sources)
        #expect(sentence == "Out of order: \(what) not connected. Ask your supervisor.")
    }
}

@Suite struct TappedCardTests {
    private static let badge = "ms-qrpin:v1|ada@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AAECAwQFBgcICQoLDA0ODw"

    /// What the verifier makes of a card when nobody is at the kiosk.
    private func outcome(_ reading: TagReading) -> Outcome? {
        var verifier = Verifier()
        let moment = Moment(wall: KioskTests.now, uptime: .zero)
        let actions = verifier.handle(Event(reading, attempt: .make(at: KioskTests.now)), at: moment)
        return actions.lazy.compactMap { if case .record(let attempt) = $0 { attempt.outcome } else { nil } }.first
    }

    @Test func `a badge on a card begins a sign-in as its printed code does`() {
        var verifier = Verifier()
        let event = Event(.message(NDEFMessage([.text(Self.badge)])), attempt: .make(at: KioskTests.now))
        let actions = verifier.handle(event, at: Moment(wall: KioskTests.now, uptime: .zero))
        #expect(actions.contains { if case .start = $0 { true } else { false } })
    }

    @Test func `what a card says anew each time goes with its badge, from a Text record or a web address`() throws {
        let said = "e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
        let address = NDEFRecord(format: 1, type: [0x55], payload: [4] + Array("ntag.nxp.com/424?\(said)".utf8))
        for records in [[.text(Self.badge), .text(said)], [.text(Self.badge), address], [address, .text(Self.badge)]] {
            var verifier = Verifier()
            let event = Event(.message(NDEFMessage(records)), attempt: .make(at: KioskTests.now))
            let actions = verifier.handle(event, at: Moment(wall: KioskTests.now, uptime: .zero))
            let cards = actions.compactMap { if case .start(_, let badge) = $0 { badge.card?.text } else { nil } }
            #expect(cards == [said])
        }
    }

    @Test func `a card that is tapped at once after its printed code was read is heard`() {
        var verifier = Verifier()
        var moment = Moment(wall: KioskTests.now, uptime: .zero)
        let id = AttemptID.make(at: KioskTests.now)
        _ = verifier.handle(.badgeRead(text: Self.badge, attempt: id), at: moment)
        let refused = verifier.handle(.startAnswered(id, .refused(.cardRequired)), at: moment)
        #expect(refused.contains { if case .record(let attempt) = $0 { attempt.outcome == .cardRequired } else { false } })
        moment = Moment(wall: KioskTests.now, uptime: .milliseconds(500))
        let tag = NDEFMessage([.text(Self.badge), .text("e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086")])
        for isHeld in [false, true] {
            let actions = verifier.handle(Event(.message(tag), attempt: .make(at: KioskTests.now)), at: moment)
            #expect(actions.contains { if case .start = $0 { true } else { false } } != isHeld)
        }
    }

    @Test func `a card with something else is refused by what it is, with an event`() {
        #expect(outcome(.identifierOnly) == .cardWithoutBadge)
        #expect(outcome(.empty) == .cardWithoutBadge)
        #expect(outcome(.message(NDEFMessage([.text("https://example.test")]))) == .cardWithoutBadge)
        #expect(outcome(.message(NDEFMessage([NDEFRecord(format: 2, type: [0x61], payload: [1])]))) == .cardWithoutBadge)
        #expect(outcome(.message(NDEFMessage([.text("ms-qrpin:v1|ada")]))) == .malformedBadge)
        #expect(outcome(.malformed(.message)) == .malformedBadge)
        #expect(outcome(.malformed(.capabilities)) == .malformedBadge)
    }
}
