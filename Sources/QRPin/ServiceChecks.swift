import ArgumentParser
import FilePermissions
import FoundationEssentials
import Glibc
import LifecycleAPI
import SignInReporting
import Subprocess

/// Whether the service is there, believes this kiosk, and has the same time.
struct ServiceCheck {
    let kiosk: KioskSettings

    func findings() async -> [Finding] {
        guard let url = kiosk["service"] else {
            let finding = Finding.failed("service", "no URL is set", cure: "Set service in \(kiosk.path).")
            return [await clock(nil), finding, .unknown("enrolment", "without a service")]
        }
        do {
            try ServiceTLS.use(
                authority: kiosk["service.ca"], certificate: kiosk["tls-certificate"], key: kiosk["tls-key"])
            let probe = try await ServiceProbe(url: url)
            let offset = probe.date.map { Date().timeIntervalSince($0) }
            return [await clock(offset), service(url, probe), await enrolment(url)]
        } catch {
            let cure = "Check the URL, the network, and service.ca for a service with an authority of its own."
            return [
                await clock(nil), .failed("service", "\(error)", cure: cure),
                .unknown("enrolment", "the service does not answer"),
            ]
        }
    }

    private func service(_ url: String, _ probe: ServiceProbe) -> Finding {
        let way = url.hasPrefix("https:") ? "TLS" : "in clear"
        let version = probe.version ?? "of unknown version"
        // 0.x may change with x (https://semver.org, item 4).
        func line(_ version: String) -> Substring { version.split(separator: ".").prefix(2).joined(separator: ".")[...] }
        if let theirs = probe.version, line(theirs) != line(Release.version) {
            return .failed(
                "service", "\(url) is version \(theirs), this is \(Release.version)", cure: "Install the same version on both.")
        }
        return .ok("service", "\(url), \(way), version \(version)")
    }

    private func enrolment(_ url: String) async -> Finding {
        guard let id = kiosk["client-id"] else {
            return .failed("enrolment", "no client-id is set", cure: "Run `qrpin enrol` and set client-id in \(kiosk.path).")
        }
        do {
            let issuer = kiosk["issuer"].map { ["--issuer", $0] } ?? []
            let authority = kiosk["service.ca"].map { ["--service-ca", $0] } ?? []
            let options = ["--service", url, "--client-id", id, "--key", kiosk.key] + issuer + authority
            let client = try ServiceOptions.parse(options).client()
            _ = try await client.send(.GET, "/kiosk/v1/nonce", as: NonceResponse.self)
            return .ok("enrolment", "the service knows \(id)")
        } catch {
            return .failed(
                "enrolment", "\(error)",
                cure: "Run `qrpin enrol` with a new code, or this program as a user who may read the key.")
        }
    }

    /// What a TLS certificate and an attempt need; the kiosk doubts a clock that is off by 120 s.
    private func clock(_ offset: TimeInterval?) async -> Finding {
        let cure = "Run `timedatectl set-ntp true`, and let the network through to a time server."
        if let offset, abs(offset) > 60 {
            return .failed("clock", "\(Int(offset.rounded())) s off the service's", cure: cure)
        }
        let agreement = offset == nil ? "" : ", and as the service's"
        switch await isSynchronised() {
        case true?: return .ok("clock", "synchronised" + agreement)
        case false?: return .failed("clock", "not synchronised" + agreement, cure: cure)
        case nil where offset == nil: return .unknown("clock", "neither systemd nor the service can be asked")
        case nil: return .ok("clock", "as the service's")
        }
    }

    /// As the kernel knows it (adjtimex(2)) and systemd tells it; nil where there is no systemd.
    private func isSynchronised() async -> Bool? {
        let result = try? await Subprocess.run(
            .name("timedatectl"), arguments: ["show", "--property", "NTPSynchronized", "--value"], input: .none,
            output: .string(limit: 64), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput.hasPrefix("yes")
    }
}

/// Whether events can be kept.
struct DiskCheck {
    let kiosk: KioskSettings
    let user: LocalUser

    func findings() -> [Finding] { [disk(), outbox()] }

    private func disk() -> Finding {
        let directory = URL(filePath: kiosk.outbox).deletingLastPathComponent().path
        if let obstacle = user.obstacle(at: directory, isDirectory: true) {
            return .failed("disk", "\(user.name) cannot write to \(directory)", cure: obstacle)
        }
        var disk = statvfs()
        guard unsafe statvfs(directory, &disk) == 0 else {
            return .failed("disk", unsafe "\(directory): \(String(cString: strerror(errno)))", cure: "Check the disk.")
        }
        if disk.f_flag & UInt(ST_RDONLY) != 0 {
            return .failed(
                "disk", "\(directory) is on a disk that is read-only", cure: "Check the disk, and mount it for writing.")
        }
        let free = (Int(disk.f_bavail) * Int(disk.f_frsize)) >> 20
        // The kiosk takes nobody with less than 4 MiB.
        guard free >= 64 else {
            return .failed("disk", "\(free) MiB are free for \(directory)", cure: "Make room: 64 MiB are little.")
        }
        return .ok("disk", "\(free) MiB are free for \(directory)")
    }

    private func outbox() -> Finding {
        do {
            guard let count = try Outbox.waiting(in: kiosk.outbox) else { return .ok("outbox", "not made yet") }
            // A service that is away for a day at a busy gate.
            guard count < 10_000 else {
                return .failed("outbox", "\(count) events wait", cure: "Let the kiosk reach the service, and look at its log.")
            }
            return .ok("outbox", "\(count) events wait")
        } catch { return .failed("outbox", "\(error)", cure: "Run this program as root.") }
    }
}
