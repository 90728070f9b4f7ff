import CInstructions
import CQREncode
import Glibc
import QRCode

/// Our encoder against Debian's libqrencode on the same payloads in one run: byte mode, level L, automatic mask, one core.
///
/// 64 payloads take turns: a single one would let the branch predictor learn it, and flatter libqrencode twofold.
@main enum EncoderBenchmark {
    struct Case {
        let version: Int
        let bytes: Int
        let must: Double
    }

    static func main() throws {
        print("version  bytes    ours µs  libqrencode µs    ratio    must   instructions (ours, libqrencode)")
        var isFastEnough = true
        for item in [
            Case(version: 5, bytes: 100, must: 12), Case(version: 10, bytes: 270, must: 35),
            Case(version: 40, bytes: 2900, must: 20),
        ] {
            let payloads = (0..<64).map { _ in (0..<item.bytes).map { _ in UInt8.random(in: 97...122) } }
            let version = try Version(item.version)
            let ours: ([UInt8]) -> Int = { bytes in
                // A payload of lower-case letters of the version's size cannot fail.
                try! Symbol(segments: [.byte(bytes)], level: .low, version: version, boostingLevel: false).maskPattern
            }
            let theirs: ([UInt8]) -> Int = { bytes in
                guard let code = QRcode_encodeData(Int32(bytes.count), bytes, Int32(item.version), QR_ECLEVEL_L) else { return 0 }
                defer { QRcode_free(code) }
                return Int(code.pointee.width)
            }
            // Rounds take turns, so that a busy moment of the machine hits both; the median forgets it.
            var (mine, peers): ([Double], [Double]) = ([], [])
            for _ in 0..<9 {
                mine.append(microseconds(of: ours, payloads, repeating: item.version == 40 ? 4 : 40))
                peers.append(microseconds(of: theirs, payloads, repeating: 1))
            }
            let (a, b) = (mine.sorted()[4], peers.sorted()[4])
            isFastEnough = isFastEnough && b / a >= item.must
            print(
                column(item.version, 7), column(item.bytes, 6), column(a, 10), column(b, 15), column(b / a, 7) + "×",
                column(item.must, 6) + "×", "  \(instructions(of: ours, payloads)), \(instructions(of: theirs, payloads))")
        }
        if !isFastEnough { exit(1) }
    }

    /// Processor time of one call, in the mean.
    static func microseconds(of encode: ([UInt8]) -> Int, _ payloads: [[UInt8]], repeating rounds: Int) -> Double {
        var (start, end, sum) = (timespec(), timespec(), 0)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        for _ in 0..<rounds {
            for payload in payloads { sum &+= encode(payload) }
        }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        precondition(sum > 0)
        let elapsed = Double(end.tv_sec - start.tv_sec) * 1e6 + Double(end.tv_nsec - start.tv_nsec) / 1e3
        return elapsed / Double(rounds * payloads.count)
    }

    /// Of one call in the mean, or why there is no number.
    static func instructions(of encode: ([UInt8]) -> Int, _ payloads: [[UInt8]]) -> String {
        let counter = instructions_start()
        guard counter >= 0 else { return "no counter here" }
        var sum = 0
        for payload in payloads { sum &+= encode(payload) }
        let count = instructions_stop(counter)
        return count < 0 || sum == 0 ? "no counter here" : String(count / Int64(payloads.count))
    }

    static func column(_ value: Double, _ width: Int) -> String {
        let tenths = Int((value * 10).rounded())
        return padded("\(tenths / 10).\(tenths % 10)", width)
    }

    static func column(_ value: Int, _ width: Int) -> String { padded(String(value), width) }
    static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
