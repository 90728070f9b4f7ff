import ArgumentParser
import FoundationEssentials
import Glibc

enum Output: Int32 {
    case standardOutput = 1
    case standardError = 2
}

/// Writes at once, past any buffer, so that a reader on a pipe has each line when it is made.
func write(_ data: Data, to output: Output) throws {
    var rest = data[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(output.rawValue, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        // The reader went away: nothing more can be told to it.
        guard count > 0 else { throw ExitCode(1) }
        rest = rest.dropFirst(count)
    }
}

func writeText(_ text: String) throws { try write(Data(text.utf8), to: .standardOutput) }

func writeError(_ sentence: String) throws { try write(Data("qrpin-scan: \(sentence)\n".utf8), to: .standardError) }

func writeJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(encoder.encode(value) + Data("\n".utf8), to: .standardOutput)
}
