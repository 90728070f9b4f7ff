import FoundationEssentials
import Glibc

/// What this process uses, under the names that Prometheus has for it, from proc(5).
public enum ProcessUsage {
    public static let gauges = [
        MetricGauge(name: "process_resident_memory_bytes", help: "Resident memory.") {
            fields("/proc/self/statm").dropFirst().first.map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
        },
        MetricGauge(name: "process_open_fds", help: "Open file descriptors.") {
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
        },
        MetricGauge(name: "process_max_fds", help: "The most file descriptors that may be open.") {
            var limit = rlimit()
            return unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Double(limit.rlim_cur) : nil
        },
        MetricGauge(name: "process_cpu_seconds_total", help: "CPU time, user and system.", isCounter: true) {
            ticks(14).flatMap { user in ticks(15).map { (user + $0) / Double(sysconf(Int32(_SC_CLK_TCK))) } }
        },
    ]

    /// A field of /proc/self/stat, counted from 1. The second is the name, in parentheses, and may hold anything.
    private static func ticks(_ field: Int) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let rest = text[text.index(after: end)...].split(separator: " ")
        return rest.indices.contains(field - 3) ? Double(rest[field - 3]) : nil
    }

    private static func fields(_ path: String) -> [Double] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ").compactMap { Double($0) }
    }
}
