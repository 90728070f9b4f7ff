import CSeccomp
import Foundation
import QRCode
import Testing

@testable import ScannerJail
@testable import ScannerRuntime

/// Each test locks a process of its own in and tries from inside. Its exit status says which try succeeded that must not.
@Suite(.serialized) final class JailTests {
    deinit { Inside.tidyUp() }

    @Test func `outside, all that the jail forbids is to be had`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                let victim = Inside.makeVictim()
                return Inside.waysOut(victim).prefix(Inside.outside).firstIndex { !$0() }.map { $0 + 1 }
            }
        }
    }

    @Test func `from inside neither a socket, nor a file, nor another process is to be had`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                let victim = Inside.makeVictim()
                _ = try ScannerJail.lock(memory: 64 << 20)
                return Inside.firstAllowed(Inside.waysOut(victim))
            }
        }
    }

    @Test func `to run another program ends it`() async {
        await #expect(processExitsWith: .signal(SIGSYS)) {
            try Inside.run {
                _ = try ScannerJail.lock(memory: 64 << 20)
                unsafe execve("/bin/true", [nil], [nil])
                return nil
            }
        }
    }

    @Test func `seccomp alone keeps it in`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                giveUpPrivileges()
                let victim = Inside.makeVictim()
                try SystemCalls.restrict(opening: false)
                return Inside.firstAllowed(Inside.waysOut(victim))
            }
        }
    }

    @Test(.enabled(if: landlockVersion() > 0, "this kernel has no Landlock")) func `Landlock alone keeps it from files`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                giveUpPrivileges()
                let victim = Inside.makeVictim()
                _ = try Landlock.restrict(toReading: [])
                // Of files; permissions are none of Landlock's.
                let ways = Inside.waysOut(victim)
                return Inside.firstAllowed(Array(ways[2...6] + ways[8...9]))
            }
        }
    }

    @Test func `with files to read it reads these, and opens nothing else and none to write`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                let fixture = try PictureTests.fixture("badge.jpg")
                _ = try ScannerJail.lock(reading: [fixture], memory: 64 << 20)
                guard Inside.opens(fixture, O_RDONLY) else { return 50 }
                let others = landlockVersion() > 0 ? ["/etc/hostname", "/proc/self/mem"] : []
                return Inside.firstAllowed(
                    [
                        { Inside.opens(fixture, O_RDWR) }, { Inside.opens(fixture, O_WRONLY | O_TRUNC) },
                        { Inside.opens(fixture + "2", O_RDONLY | O_CREAT) },
                    ] + others.map { other in { Inside.opens(other, O_RDONLY) } })
            }
        }
    }

    @Test func `memory ends where it was told to`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                _ = try ScannerJail.lock(memory: 64 << 20)
                guard let some = unsafe malloc(16 << 20) else { return 1 }
                unsafe memset(some, 1, 16 << 20)
                return unsafe malloc(128 << 20) == nil ? nil : 2
            }
        }
    }

    @Test func `a child leaves a note, an exit status or a signal`() async {
        await #expect(processExitsWith: .success) {
            let endings = try [
                ForkedChild.run { Array("gone".utf8) }, ForkedChild.run { _exit(7) }, ForkedChild.run { abort() },
            ]
            let expected: [ForkedChild.Ending] = [.note(Array("gone".utf8)), .exited(7), .killed(signal: SIGABRT)]
            _exit(endings == expected ? 0 : 1)
        }
    }

    @Test func `a child has no descriptors but the standard three and its note's`() async {
        await #expect(processExitsWith: .success) {
            _ = unsafe open("/etc/hostname", O_RDONLY)
            let ending = try ForkedChild.run {
                let open = (0..<1024).filter { fcntl($0, F_GETFD) >= 0 && $0 > 2 }
                return [UInt8(open.count)]
            }
            _exit(ending == .note([1]) ? 0 : 1)
        }
    }

    @Test func `inside, ZBar still turns every character set of a QR code into UTF-8`() async {
        await #expect(processExitsWith: .success) {
            try Inside.run {
                let directory = try Inside.makeDirectory()
                let symbols = try [
                    "日本語": Symbol(segments: [.kanji("日本語")]),
                    "Grüße": Symbol(segments: [.byte([0x47, 0x72, 0xFC, 0xDF, 0x65])]),
                    "Ωμέγα": Symbol(segments: [.eci(9), .byte([0xD9, 0xEC, 0xDD, 0xE3, 0xE1])]),
                    "plain": Symbol(encoding: Array("plain".utf8)),
                ]
                var files: [String: String] = [:]
                for (index, (text, symbol)) in symbols.enumerated() {
                    let file = directory.appending(path: "\(index).pgm")
                    try Data(symbol.greyRaster(pixelsPerModule: 4).pgm()).write(to: file)
                    files[text] = file.path
                }
                _ = try PictureRun.lock(reading: Array(files.values))
                let pictures = PictureRun(takingAny: true)
                for (text, file) in files where pictures.read(file: file).payloads != [text] { return 1 }
                return nil
            }
        }
    }
}

/// What runs in the process that is locked in.
enum Inside {
    /// Runs `body` in a child with one thread, as the scanner's reader is, and ends as that ends: its status is what `body` gives.
    static func run(_ body: () throws -> Int?) throws -> Never {
        let ending = try ForkedChild.run {
            do { _exit(Int32(try body() ?? 0)) } catch { _exit(98) }
        }
        switch ending {
        case .exited(let status): _exit(status)
        case .killed(let signal): raise(signal)
        case .note: break
        }
        _exit(97)
    }

    /// Tries that each must fail; gives the first that did not, from 1 on.
    static func firstAllowed(_ tries: [() -> Bool]) -> Int? { tries.firstIndex { $0() }.map { $0 + 1 } }

    static func opens(_ path: String, _ flags: Int32) -> Bool { unsafe open(path, flags, 0o600) >= 0 }

    static func makeDirectory() throws -> URL {
        let directory = URL(filePath: "/dev/shm/qrpin-jail-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    /// The jailed cannot do it themselves.
    static func tidyUp() {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
        for file in files where file.hasPrefix("qrpin-jail-") { try? FileManager.default.removeItem(atPath: "/dev/shm/" + file) }
    }

    static func makeVictim() -> String {
        let path = "/dev/shm/qrpin-jail-\(UUID())"
        for end in ["", ".old"] { precondition(FileManager.default.createFile(atPath: path + end, contents: Data("whole".utf8))) }
        return path
    }

    /// Outside, each of these succeeds; the last only on a terminal.
    static func waysOut(_ victim: String) -> [() -> Bool] {
        [
            { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0 }, { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) >= 0 },
            { opens("/etc/hostname", O_RDONLY) }, { opens("/proc/self/mem", O_RDWR) },
            { opens(victim + ".new", O_WRONLY | O_CREAT) }, { opens(victim, O_WRONLY | O_TRUNC) },
            { unsafe mkdir(victim + ".d", 0o700) == 0 }, { unsafe chmod(victim, 0o777) == 0 },
            { unsafe rename(victim, victim + ".e") == 0 }, { unsafe unlink(victim + ".old") == 0 },
            {
                var child = pid_t()
                return unsafe posix_spawn(&child, "/bin/true", nil, nil, [nil], [nil]) == 0
            },
            { unsafe mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED },
            { kill(getppid(), 0) == 0 },
            {
                var size = winsize()
                return unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0
            },
        ]
    }

    /// What succeeds outside, without what only succeeds on a terminal.
    static let outside = 13
}

private func landlockVersion() -> Int { Int(clandlock_version()) }

/// What seccomp and Landlock want of one who is not root, and ``ScannerJail/lock(reading:memory:)`` does first.
private func giveUpPrivileges() { _ = cjail_prctl(PR_SET_NO_NEW_PRIVS, 1) }
