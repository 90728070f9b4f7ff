import BarcodeReader
import FoundationEssentials
import VideoCapture

/// Reads picture files one after another, as `qrpin-scan --frames` does.
public struct PictureRun: ~Copyable {
    private let reader = BarcodeReader()
    private let takesAny: Bool

    /// Lets payloads through that are not `ms-qrpin` when `takingAny`.
    public init(takingAny: Bool) { takesAny = takingAny }

    /// What one file holds; `milliseconds` is the time of finding and decoding alone, not of reading the file.
    public struct Reading: Encodable, Sendable {
        public let file: String
        public let payloads: [String]
        public let milliseconds: Double
        /// Why the file could not be read, when it could not.
        public let error: String?
    }

    public func read(file: String) -> Reading {
        do {
            let picture = try LumaPicture(reading: Data(contentsOf: URL(filePath: file)))
            let clock = ContinuousClock()
            let start = clock.now
            let found = reader.readThoroughly(picture)
            let elapsed = (clock.now - start) / .milliseconds(1)
            let texts = found.map { String(decoding: $0, as: UTF8.self) }
            return Reading(
                file: file, payloads: takesAny ? texts : texts.filter { $0.hasPrefix("ms-qrpin:") }, milliseconds: elapsed,
                error: nil)
        } catch let error as PictureError {
            return Reading(file: file, payloads: [], milliseconds: 0, error: error.description)
        } catch {
            return Reading(
                file: file, payloads: [], milliseconds: 0, error: "the file cannot be opened: check its name and permissions")
        }
    }

    /// The files of a directory, or those that match a glob, sorted by name.
    public static func files(matching pattern: String) -> [String] {
        var isDirectory = false
        let entries: [String]
        if let listed = try? FileManager.default.contentsOfDirectory(atPath: pattern) {
            isDirectory = true
            entries = listed.filter { !$0.hasPrefix(".") }
        } else {
            entries = []
        }
        guard !isDirectory else { return entries.map { pattern.hasSuffix("/") ? pattern + $0 : pattern + "/" + $0 }.sorted() }
        return Glob.files(matching: pattern)
    }
}
