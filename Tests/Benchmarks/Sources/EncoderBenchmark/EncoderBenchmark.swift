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

    /// Sizes with the ratios that must be reached.
    static let cases = [
        Case(version: 5, bytes: 100, must: 12), Case(version: 10, bytes: 270, must: 35), Case(version: 40, bytes: 2900, must: 20),
    ]

    /// Without arguments, the table of times. With an encoder, a version and a number, that encoder alone goes through the payloads
    /// so many times, for a tool that counts instructions.
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 4, let item = cases.first(where: { String($0.version) == arguments[2] }),
            let rounds = Int(arguments[3])
        {
            let encode = try arguments[1] == "ours" ? ours(item) : libqrencode(item)
            for payload in Array(repeating: payloads(item), count: rounds).joined() { precondition(encode(payload) >= 0) }
            return
        }
        print("version  bytes    ours µs  libqrencode µs    ratio    must")
        var isFastEnough = true
        for item in cases {
            let payloads = payloads(item)
            // Rounds take turns, so that a busy moment of the machine hits both; the median forgets it.
            var (mine, peers): ([Double], [Double]) = ([], [])
            for _ in 0..<9 {
                mine.append(microseconds(of: try ours(item), payloads, repeating: item.version == 40 ? 4 : 40))
                peers.append(microseconds(of: libqrencode(item), payloads, repeating: 1))
            }
            let (a, b) = (mine.sorted()[4], peers.sorted()[4])
            isFastEnough = isFastEnough && b / a >= item.must
            print(
                column(item.version, 7), column(item.bytes, 6), column(a, 10), column(b, 15), column(b / a, 7) + "×",
                column(item.must, 6) + "×")
        }
        if !isFastEnough { exit(1) }
    }

    /// The same letters in every run, from Knuth's linear congruential generator.
    static func payloads(_ item: Case) -> [[UInt8]] {
        var state: UInt64 = 1
        return (0..<64).map { _ in
            (0..<item.bytes).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return 97 + UInt8((state >> 33) % 26)
            }
        }
    }

    static func ours(_ item: Case) throws -> ([UInt8]) -> Int {
        let version = try Version(item.version)
        // A payload of lower-case letters of the version's size cannot fail.
        return { try! Symbol(segments: [.byte($0)], level: .low, version: version, boostingLevel: false).maskPattern }
    }

    static func libqrencode(_ item: Case) -> ([UInt8]) -> Int {
        { bytes in
            guard let code = QRcode_encodeData(Int32(bytes.count), bytes, Int32(item.version), QR_ECLEVEL_L) else { return -1 }
            defer { QRcode_free(code) }
            return Int(code.pointee.width)
        }
    }

    /// Processor time of one call, in the mean.
    static func microseconds(of encode: ([UInt8]) -> Int, _ payloads: [[UInt8]], repeating rounds: Int) -> Double {
        var (start, end, sum) = (timespec(), timespec(), 0)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        for _ in 0..<rounds {
            for payload in payloads { sum &+= encode(payload) }
        }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        precondition(sum >= 0)
        let elapsed = Double(end.tv_sec - start.tv_sec) * 1e6 + Double(end.tv_nsec - start.tv_nsec) / 1e3
        return elapsed / Double(rounds * payloads.count)
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
