import Credential
import FoundationEssentials
import Testing
import Verifier

@Suite struct OfflineTests {
    static let noon = Scene.noon
    static let id = QRCodeID("1a253da5-3f9a-457d-bd9c-de1aab9a2e59")!  // A GUID.
    static let window = ValidityWindow(start: noon - 3600, expiry: noon + 36_000)!  // The start lies before the expiry.
    static let rules = OfflineRules(lifetime: 18_000, changesMaxAge: 600)

    static func entry(changeNumber: Int = 7) -> OfflineEntry {
        OfflineEntry(
            qrCodeID: id,
            grant: OfflineGrant(
                userID: "ada", userPrincipalName: "ada@example.test", expiry: noon + 18_000, changeNumber: changeNumber),
            window: window, pinLength: 8)
    }

    static func moment(_ seconds: TimeInterval = 0, trusted: Bool = true) -> Moment {
        Moment(wall: noon + seconds, uptime: .seconds(seconds), isClockTrusted: trusted)
    }

    /// A kiosk that heard of everything up to change 7 at noon.
    static var knowledge: OfflineKnowledge {
        var knowledge = OfflineKnowledge()
        knowledge.rules = rules
        _ = knowledge.take(OfflineUpdate(changeNumber: 7, rules: rules, changes: []), [], at: moment())
        return knowledge
    }

    private func verdict(_ change: (inout OfflineEntry) -> Void = { _ in }, at seconds: TimeInterval = 0) -> StartVerdict {
        var entry = Self.entry()
        change(&entry)
        return Self.knowledge.verdict(on: entry, at: Self.moment(seconds))
    }

    @Test func `an entry that the service let the kiosk keep is asked for its PIN, within its own window`() {
        #expect(verdict() == .pinRequired(window: Self.window, pinLength: 8))
    }

    @Test func `without rules, an entry, or word of the service nobody is signed in`() {
        let entry = Self.entry()
        #expect(OfflineKnowledge().verdict(on: entry, at: Self.moment()) == .refused(.serviceUnavailable))
        #expect(Self.knowledge.verdict(on: nil, at: Self.moment()) == .refused(.serviceUnavailable))
        var knowledge = Self.knowledge
        knowledge.rules = nil
        #expect(knowledge.verdict(on: entry, at: Self.moment()) == .refused(.serviceUnavailable))
        knowledge = Self.knowledge
        knowledge.changeNumber = nil
        #expect(knowledge.verdict(on: entry, at: Self.moment()) == .refused(.serviceUnavailable))
    }

    @Test func `word of changes that is older than the rules allow ends it, and an answer without changes mends that`() {
        #expect(verdict(at: 600) != .refused(.serviceUnavailable))
        #expect(verdict(at: 601) == .refused(.serviceUnavailable))
        var knowledge = Self.knowledge
        knowledge.confirm(at: Self.moment(601))
        #expect(knowledge.verdict(on: Self.entry(), at: Self.moment(601)) == .pinRequired(window: Self.window, pinLength: 8))
    }

    @Test func `an entry expires, whatever was used of it`() {
        var knowledge = Self.knowledge
        knowledge.confirm(at: Self.moment(18_000))
        var entry = Self.entry()
        entry.guessed(at: Self.noon + 17_000)
        entry.guessedRight()
        #expect(knowledge.verdict(on: entry, at: Self.moment(17_999)) == .pinRequired(window: Self.window, pinLength: 8))
        #expect(knowledge.verdict(on: entry, at: Self.moment(18_000)) == .refused(.serviceUnavailable))
    }

    @Test func `a clock that is not trusted, or was set back since it was last seen, ends it`() {
        let entry = Self.entry()
        #expect(Self.knowledge.verdict(on: entry, at: Self.moment(trusted: false)) == .refused(.clockUntrusted))
        #expect(Self.knowledge.verdict(on: entry, at: Self.moment(-121)) == .refused(.clockUntrusted))
        #expect(Self.knowledge.verdict(on: entry, at: Self.moment(-119)) == .pinRequired(window: Self.window, pinLength: 8))
    }

    @Test func `a code out of its window is refused as online`() {
        let (start, end) = (Self.window.start.timeIntervalSince(Self.noon), Self.window.expiry.timeIntervalSince(Self.noon))
        var knowledge = OfflineKnowledge()
        (knowledge.rules, knowledge.changeNumber, knowledge.confirmed) = (Self.rules, 7, Self.noon + end)
        var entry = Self.entry()
        entry.window = ValidityWindow(start: Self.noon + start, expiry: Self.noon + 60)!  // As above.
        #expect(knowledge.verdict(on: entry, at: Self.moment(start - 1)) == .refused(.notYetValid))
        #expect(knowledge.verdict(on: entry, at: Self.moment(60)) == .refused(.expired))
    }

    /// 30 s from the fifth wrong PIN on, doubling, as at the service (deploy/guides/service.md, "Wrong PINs").
    @Test func `wrong PINs lock as at the service, and the tenth in a row ends the entry`() {
        var entry = Self.entry()
        for expected: TimeInterval? in [nil, nil, nil, nil, 30, 60, 120, 240, 480] {
            entry.guessed(at: Self.noon)
            #expect(entry.lockedUntil == expected.map { Self.noon + $0 })
            let verdict = Self.knowledge.verdict(on: entry, at: Self.moment())
            #expect(verdict == entry.lockedUntil.map { .refused(.lockedOut, lockedUntil: $0) } ?? self.verdict())
        }
        #expect(!entry.isEnded)
        entry.guessed(at: Self.noon)
        #expect(entry.isEnded)
        var knowledge = Self.knowledge
        knowledge.confirm(at: Self.moment(17_000))
        #expect(knowledge.verdict(on: entry, at: Self.moment(17_000)) == .refused(.serviceUnavailable))
    }

    @Test func `a right PIN takes the count back`() {
        var entry = Self.entry()
        for _ in 1...9 { entry.guessed(at: Self.noon) }
        entry.guessedRight()
        #expect(entry == Self.entry())
    }

    @Test func `where the PINs of ten badges were wrong within ten minutes the kiosk takes none for five`() {
        var knowledge = Self.knowledge
        let dates = (0..<10).map { Self.noon - Double($0) * 60 }
        knowledge.guessed(Array(dates.prefix(9)) + [Self.noon - 600], at: Self.noon)
        #expect(knowledge.coolingUntil == nil)
        knowledge.guessed(dates, at: Self.noon)
        let end = Self.noon + 300
        #expect(knowledge.verdict(on: Self.entry(), at: Self.moment(299)) == .refused(.lockedOut, lockedUntil: end))
        #expect(knowledge.verdict(on: Self.entry(), at: Self.moment(300)) == verdict())
    }

    @Test(arguments: [OfflineChange.Subject.code(id), .user("ada"), .everyone])
    func `a later change of the code, the person or the policy ends an entry, an earlier one does not`(
        subject: OfflineChange.Subject
    ) {
        #expect(Self.entry().after(OfflineChange(number: 8, subject: subject)) == nil)
        #expect(Self.entry().after(OfflineChange(number: 7, subject: subject)) == Self.entry())
        #expect(Self.entry().after(OfflineChange(number: 8, subject: .user("bob"))) == Self.entry())
    }

    @Test func `a code that goes on in another window has that one`() {
        let other = ValidityWindow(start: Self.noon, expiry: Self.noon + 60)
        let entry = Self.entry().after(OfflineChange(number: 8, subject: .code(Self.id), window: other))
        #expect(entry?.window == other && entry?.grant == Self.entry().grant)
    }

    @Test func `other rules, or none, end all entries`() {
        for rules in [nil, OfflineRules(lifetime: 18_000, changesMaxAge: 601)] {
            var knowledge = Self.knowledge
            let left = knowledge.take(
                OfflineUpdate(changeNumber: 8, rules: rules, changes: []), [Self.entry()], at: Self.moment())
            #expect(left.isEmpty && knowledge.rules == rules)
        }
        var knowledge = Self.knowledge
        let same = OfflineUpdate(changeNumber: 8, rules: Self.rules, changes: [])
        #expect(knowledge.take(same, [Self.entry()], at: Self.moment()) == [Self.entry()])
    }

    @Test func `a grant is kept only when the kiosk heard of nothing behind it`() {
        #expect(Self.knowledge.admits(Self.entry(changeNumber: 7).grant))
        #expect(Self.knowledge.admits(Self.entry(changeNumber: 8).grant))
        #expect(!Self.knowledge.admits(Self.entry(changeNumber: 6).grant))
        #expect(!OfflineKnowledge().admits(Self.entry().grant))
    }

    @Test func `what the service says online is taken over`() {
        let entry = Self.entry()
        for outcome in Outcome.allCases where outcome != .lockedOut { #expect(entry.after(.refused(outcome)) == nil) }
        let lock = Self.noon + 90
        #expect(entry.after(.refused(.lockedOut, lockedUntil: lock))?.lockedUntil == lock)
        #expect(entry.after(.refused(.wrongPIN), at: Self.noon)?.wrongPINs == 1)
        let locked = entry.after(PINAnswer.refused(.lockedOut, lockedUntil: lock), at: Self.noon)
        #expect(locked?.lockedUntil == lock && locked?.wrongPINs == 1)
        #expect(entry.after(.mustChangePIN, at: Self.noon) == nil)
        #expect(entry.after(.signedIn(assertion: "jwt"), at: Self.noon) == nil, "a new one is kept, or none")
    }

    @Test func `a sign-in that the kiosk decided by itself says so, and so does the end of its session`() throws {
        var timeouts = Verifier.Timeouts()
        timeouts.session = .seconds(60)
        for (isStartOffline, isOffline) in [(true, true), (false, true), (false, false)] {
            var scene = Scene(timeouts: timeouts)
            scene.hold(Scene.badge)
            scene.send(
                .startAnswered(
                    scene.attempt, .pinRequired(window: Self.window, pinLength: 8), isOffline: isStartOffline))
            scene.type("09599786")
            scene.send(.pinAnswered(scene.attempt, .signedIn(assertion: "jwt"), isOffline: isOffline))
            scene.send(.signOut)
            #expect(scene.outcomes == [.signedIn, .signedOut])
            #expect(scene.records.map(\.isOffline) == [isOffline, isOffline])
        }
    }

    @Test func `a refusal and a cancelled attempt say that they were offline`() throws {
        var scene = Scene()
        scene.hold(Scene.badge)
        scene.send(.startAnswered(scene.attempt, .refused(.lockedOut), isOffline: true))
        scene.hold(Scene.other)
        scene.send(.startAnswered(scene.attempt, .pinRequired(window: Self.window, pinLength: 8), isOffline: true))
        scene.send(.key(.cancel))
        #expect(scene.outcomes == [.lockedOut, .cancelled] && scene.records.allSatisfy(\.isOffline))
    }
}
