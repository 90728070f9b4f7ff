import CArgon2
import Foundation
import LifecycleAPI

/// What the service on SQLite does in a second when all wait for its answers, on the same cores as this program.
struct Speed {
    private static let cores = ProcessInfo.processInfo.activeProcessorCount
    private static let (kiosks, badges, batch) = (8, 32, 100)

    func run() throws {
        let site = try Site(kiosks: Self.kiosks)
        let service = try site.start()
        defer { service.end() }
        let badges = try prepare(site, service)
        print("\(Self.cores) cores; \(Self.kiosks) kiosks, each waits for its answer; figure, what it must be")
        let isFastEnough = try [
            events(site, service), starts(site, service, badges), pins(site, service, badges), memory(service),
        ]
        if isFastEnough.contains(false) { throw Failed("a figure is below its must") }
    }

    /// Badges whose PINs need no change.
    private func prepare(_ site: Site, _ service: Service) throws -> [Badge] {
        let admin = try Caller("admin", of: site, at: service)
        let kiosk = try Caller(Site.kiosk(0), of: site, at: service)
        return try (0..<Self.badges).map { number in
            let name = "user-\(number)@example.test"
            try admin.addUser(name)
            let issued = try admin.issue(name)
            let attempt = try kiosk.startSignIn(issued.payload).id
            let pin = issued.pin == "35387687" ? "09599786" : "35387687"
            guard try kiosk.submit(issued.pin, to: attempt).result == .mustChangePIN,
                try kiosk.submit(newPIN: pin, to: attempt).result == .signedIn
            else { throw Failed("a PIN cannot be changed") }
            return Badge(payload: issued.payload, pin: pin)
        }
    }

    /// Batches with durable commits.
    private func events(_ site: Site, _ service: Service) throws -> Bool {
        let batches = 150
        // Encoded before, so that only the service's time counts.
        let now = Date()
        let bodies = try (0..<Self.kiosks).map { _ in
            var head = ChainHead.start
            return try (0..<batches).map { _ in
                try WireJSON.encode(SignInEventBatch(events: eventBatch(Self.batch, after: &head, at: now)))
            }
        }
        let callers = try (0..<Self.kiosks).map { try Caller(Site.kiosk($0), of: site, at: service) }
        let before = service.processorTime
        let duration = try seconds {
            try onThreads(Self.kiosks) { number in
                let caller = callers[number]
                for body in bodies[number] {
                    let answer = try caller.connection.send("POST", "/kiosk/v1/signInEvents", token: caller.token, body: body)
                    guard answer.status == 200, try answer.decode(SignInEventReceipt.self).accepted.count == Self.batch else {
                        throw Failed("a batch was not taken: \(answer.status)")
                    }
                }
            }
        }
        let count = Self.kiosks * batches * Self.batch
        let used = (service.processorTime - before) / Double(count)
        return row("events in batches of 100, durable", Double(count) / duration, "a second", must: 10_000, used: used)
    }

    /// Nonce, proof and start.
    private func starts(_ site: Site, _ service: Service, _ badges: [Badge]) throws -> Bool {
        let numbers = Numbers(8000)
        let latencies = Collected<[Double]>()
        let callers = try (0..<Self.kiosks).map { try Caller(Site.kiosk($0), of: site, at: service) }
        let before = service.processorTime
        let duration = try seconds {
            try onThreads(Self.kiosks) { number in
                var mine: [Double] = []
                while let next = numbers.take() {
                    mine.append(
                        try seconds {
                            let badge = badges[next % badges.count]
                            guard try callers[number].startSignIn(badge.payload).result == .pinRequired else {
                                throw Failed("a sign-in was refused")
                            }
                        })
                }
                latencies.add(mine)
            }
        }
        let sorted = latencies.all.flatMap { $0 }.sorted()
        let used = (service.processorTime - before) / Double(sorted.count)
        let isFast = row("sign-in starts, nonce included", Double(sorted.count) / duration, "a second", must: 1500, used: used)
        let slowest = sorted[sorted.count * 99 / 100] * 1000
        return row("  the 99th of 100 takes", slowest, "ms", mustNot: 20) && isFast
    }

    /// As a part of what the cores can hash with nothing else to do, measured before and after.
    private func pins(_ site: Site, _ service: Service, _ badges: [Badge]) throws -> Bool {
        let callers = try (0..<Self.kiosks).map { try Caller(Site.kiosk($0), of: site, at: service) }
        let attempts = try (0..<320).map { number in
            (
                badges[number % badges.count],
                try callers[number % callers.count].startSignIn(badges[number % badges.count].payload).id
            )
        }
        let before = try hashesPerSecond()
        let duration = try seconds {
            try onThreads(Self.kiosks) { number in
                for index in stride(from: number, to: attempts.count, by: Self.kiosks) {
                    guard try callers[number].submit(attempts[index].0.pin, to: attempts[index].1).result == .signedIn else {
                        throw Failed("a right PIN was refused")
                    }
                }
            }
        }
        let limit = try (before + hashesPerSecond()) / 2
        let rate = Double(attempts.count) / duration
        print("  argon2id alone \(text(limit)) a second, PIN checks \(text(rate))")
        return row("PIN checks of the cores' argon2id limit", rate / limit * 100, "%", must: 90)
    }

    /// The parameters of the service's PINHasher, on all cores for two seconds.
    private func hashesPerSecond() throws -> Double {
        let hashed = Numbers(.max)
        let end = Date().addingTimeInterval(2)
        let duration = try seconds {
            try onThreads(Self.cores) { _ in
                var (secret, salt) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 16))
                var hash = [UInt8](repeating: 0, count: 32)
                while Date() < end {
                    guard argon2id_hash_raw(2, 19_456, 1, &secret, 32, &salt, 16, &hash, 32) == ARGON2_OK.rawValue else {
                        throw Failed("argon2id failed")
                    }
                    _ = hashed.take()
                }
            }
        }
        return Double(hashed.take() ?? 0) / duration
    }

    private func memory(_ service: Service) -> Bool { row("peak memory", service.peakMemory, "MB", mustNot: 150) }

    private func row(_ name: String, _ value: Double, _ unit: String, must: Double, used: Double? = nil) -> Bool {
        let used = used.map { ", \(text($0 * 1_000_000)) µs of the service's processor each" } ?? ""
        print("\(name): \(text(value)) \(unit) (at least \(text(must)))\(used)")
        return value >= must
    }

    private func row(_ name: String, _ value: Double, _ unit: String, mustNot: Double) -> Bool {
        print("\(name): \(text(value)) \(unit) (below \(text(mustNot)))")
        return value < mustNot
    }

    private func text(_ value: Double) -> String { String(format: value < 100 ? "%.1f" : "%.0f", value) }
}
