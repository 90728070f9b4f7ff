import Foundation
import LifecycleAPI
import Synchronization

/// Four services on one PostgreSQL server under creates, guesses and event batches at once, one of them killed midway: never two active
/// codes, never a guess beyond the limit, never a lost or doubled event.
struct SideBySide {
    let address: String
    private static let (services, kiosks, users, batches) = (4, 6, 8, 40)

    func run() throws {
        let site = try Site(kiosks: Self.kiosks, postgreSQL: address)
        let started = Collected<Service>()
        // At once, so that the first of them makes the tables for all.
        try onThreads(Self.services) { _ in started.add(try site.start()) }
        let fleet = Fleet(site: site, services: started.all)
        defer { for service in fleet.services { service.end() } }
        let guessed = try prepare(fleet)
        let duration = try seconds {
            try onThreads(5) { number in
                switch number {
                case 0: try createMethods(fleet)
                case 1: try createTemporaryCodes(fleet, for: guessed)
                case 2: try guess(fleet, guessed)
                case 3: try reportEvents(fleet)
                default:
                    usleep(1_500_000)
                    fleet.services[0].end(SIGKILL)
                }
            }
        }
        print("ok   \(Self.services) services on PostgreSQL, one killed midway, \(Int(duration)) s")
    }

    /// The users of the guesses, with their badges.
    private func prepare(_ fleet: Fleet) throws -> [(user: String, badge: Badge)] {
        let admin = FleetCaller("admin", fleet, first: 1)
        for number in 0..<Self.users * 2 { try admin.call { try $0.addUser(Self.user(number)) } }
        return try (Self.users..<Self.users * 2).map { number in
            (Self.user(number), try admin.call { try $0.issue(Self.user(number)) })
        }
    }

    private static func user(_ number: Int) -> String { "user-\(number)@example.test" }

    /// Of eight at once, one makes the method; it may have been the killed service's, whose answer never came.
    private func createMethods(_ fleet: Fleet) throws {
        let body = #"{"standardQRCode": {}}"#
        for number in 0..<Self.users {
            try oneOfEight(fleet, "PUT", Badge.methodPath(Self.user(number)), body, code: "standardQRCode")
        }
    }

    private func createTemporaryCodes(_ fleet: Fleet, for users: [(user: String, badge: Badge)]) throws {
        for (user, _) in users {
            let (now, path) = (Date(), Badge.methodPath(user))
            let body =
                #"{"startDateTime": "\#(WireJSON.string(from: now))", "#
                + #""expireDateTime": "\#(WireJSON.string(from: now.addingTimeInterval(3600)))"}"#
            try oneOfEight(fleet, "PATCH", path + "/temporaryQRCode", body, code: "temporaryQRCode")
        }
    }

    private func oneOfEight(_ fleet: Fleet, _ method: String, _ path: String, _ body: String, code: String) throws {
        let (made, before) = (Collected<Int>(), fleet.lostAnswers)
        try onThreads(8) { number in
            let admin = FleetCaller("admin", fleet, first: number)
            let answer = try admin.call { try $0.send(method, path, body) }
            switch answer.status {
            case 201: made.add(number)
            case 400: break
            default: throw Failed("\(method) \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
            }
        }
        guard made.all.count == 1 || made.all.isEmpty && fleet.lostAnswers > before else {
            throw Failed("\(made.all.count) of eight made the \(code) of \(path)")
        }
        let base = path.replacing("/temporaryQRCode", with: "")
        let found = try FleetCaller("admin", fleet, first: 1).call { try $0.send("GET", base + "/" + code) }
        guard found.status == 200 else { throw Failed("no \(code) is there: \(found.status)") }
    }

    /// Of 16 wrong PINs at once at one kiosk, four are wrong and the fifth locks; nobody gets a sixth guess.
    private func guess(_ fleet: Fleet, _ badges: [(user: String, badge: Badge)]) throws {
        for (number, (_, badge)) in badges.enumerated() {
            let kiosk = Site.kiosk(number % Self.kiosks)
            let attempts = try (0..<16).map { index in
                try FleetCaller(kiosk, fleet, first: index).call { try $0.startSignIn(badge.payload).id }
            }
            let before = fleet.lostAnswers
            let results = Collected<ResultCode>()
            try onThreads(attempts.count) { index in
                let caller = FleetCaller(kiosk, fleet, first: index)
                let wrong = "\(46_290_000 + index * 137)"
                // An attempt takes one PIN: whoever asks again after a lost answer is told that it is gone.
                let answer = try caller.call {
                    try $0.send("POST", "/kiosk/v1/signIns/\(attempts[index])/pin", #"{"pin": "\#(wrong)"}"#)
                }
                if answer.status == 200 { results.add(try answer.decode(PINVerdict.self).result) }
            }
            let (wrong, locked) = (results.all.count { $0 == .wrongPIN }, results.all.count { $0 == .lockedOut })
            let isWhole = fleet.lostAnswers == before
            guard wrong <= 4, wrong + locked == results.all.count, !isWhole || wrong == 4 && results.all.count == 16 else {
                throw Failed("of 16 wrong PINs \(wrong) were wrong and \(locked) locked out")
            }
        }
    }

    /// Each batch goes to two services at once, and again until it is acknowledged.
    private func reportEvents(_ fleet: Fleet) throws {
        let start = Date(timeIntervalSince1970: 1_767_225_600)
        let sent = Collected<String>()
        try onThreads(Self.kiosks) { kiosk in
            var head = ChainHead.start
            for number in 0..<Self.batches {
                let batch = eventBatch(25, after: &head, at: start)
                for event in batch { sent.add(event.id) }
                try onThreads(2) { which in
                    let caller = FleetCaller(Site.kiosk(kiosk), fleet, first: number + which)
                    let receipt = try caller.call {
                        try $0.send(
                            "POST", "/kiosk/v1/signInEvents", SignInEventBatch(events: batch), as: SignInEventReceipt.self)
                    }
                    guard Set(receipt.accepted) == Set(batch.map(\.id)) else { throw Failed("a batch was taken in part") }
                }
            }
        }
        let listed = try FleetCaller("admin", fleet, first: 1).call { try $0.signIns().map(\.id) }
        guard listed.count == Set(listed).count else { throw Failed("events are there twice") }
        guard Set(listed) == Set(sent.all) else {
            throw Failed("\(Set(sent.all).subtracting(listed).count) acknowledged events are lost")
        }
    }
}

/// The services, and how often one left without an answer.
private final class Fleet: Sendable {
    let site: Site
    let services: [Service]
    private let lost = Atomic(0)

    init(site: Site, services: [Service]) {
        self.site = site
        self.services = services
    }

    var lostAnswers: Int { lost.load(ordering: .sequentiallyConsistent) }
    func noteLostAnswer() { lost.add(1, ordering: .sequentiallyConsistent) }
}

/// Calls one of the services, and the next one when that does not answer or is too busy, as a kiosk behind a load balancer.
private final class FleetCaller {
    private let id: String
    private let fleet: Fleet
    private var next: Int
    private var caller: Caller?

    init(_ id: String, _ fleet: Fleet, first: Int) {
        (self.id, self.fleet, next) = (id, fleet, first)
    }

    func call<Value>(_ body: (Caller) throws -> Value) throws -> Value {
        for _ in 0..<20 {
            do {
                let caller = try caller ?? Caller(id, of: fleet.site, at: fleet.services[next % fleet.services.count])
                self.caller = caller
                return try body(caller)
            } catch is HTTPConnection.Broken {
                if caller != nil { fleet.noteLostAnswer() }
            } catch is Caller.Busy {}
            caller = nil
            next += 1
        }
        throw Failed("no service answers")
    }
}
