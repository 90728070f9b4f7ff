import FoundationEssentials
import Glibc

/// The names of the programs that have a file open, as far as this user may see.
func holders(of path: String) -> Set<String> {
    let manager = FileManager.default
    guard let target = unsafe realpath(path, nil) else { return [] }
    defer { unsafe free(target) }
    let file = unsafe String(cString: target)
    let processes = ((try? manager.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int($0) != nil }
    let names = processes.filter { process in
        let descriptors = (try? manager.contentsOfDirectory(atPath: "/proc/\(process)/fd")) ?? []
        return descriptors.contains { (try? manager.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")) == file }
    }.map { process in
        let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? "process \(process)"
        return String(name.split(separator: "\n").first ?? "")
    }
    return Set(names)
}
