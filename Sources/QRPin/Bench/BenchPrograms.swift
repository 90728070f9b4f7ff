import FoundationEssentials

/// The programs under test.
struct BenchPrograms: Sendable {
    let kiosk: String
    let scanner: String
    let lifecycle: String

    /// From one directory; nil means that of this program.
    init(directory: String?) throws {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let directory = directory ?? URL(filePath: own).deletingLastPathComponent().path
        (kiosk, scanner) = (directory + "/qrpin-kiosk", directory + "/qrpin-scan")
        lifecycle = directory + "/qrpin-lifecycle"
        for program in [kiosk, scanner, lifecycle] where !FileManager.default.isExecutableFile(atPath: program) {
            throw BenchError(
                "\(program) is not there. Install qrpin-kiosk and qrpin-lifecycle, or name the directory with --programs.")
        }
    }
}
