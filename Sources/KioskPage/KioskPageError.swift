import Glibc

/// A page that cannot be served, and what to do about it.
public enum KioskPageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `errno` of the attempt to listen, and the option that names the port.
    case port(Int, Int32, option: String = "--page")
    case directory(String, String)
    case token(String, String)
    case language(file: String, problem: String)
    case noSuchLanguage(String, known: [String])

    public var description: String {
        switch self {
        case .port(let port, EADDRINUSE, let option): "\(option) \(port): another program has this port. Choose another."
        case .port(let port, EACCES, let option): "\(option) \(port): no permission. Choose a port above 1023."
        case .port(let port, let number, let option): unsafe "\(option) \(port): \(String(cString: strerror(number)))."
        case .directory(let path, let problem): "--page-languages \(path): \(problem)"
        case .token(let path, let problem): "--application-token \(path): \(problem)"
        case .language(let file, let problem): "\(file): \(problem)"
        case .noSuchLanguage(let tag, let known):
            "--page-language \(tag): there is no such language. There are \(known.joined(separator: ", "))."
        }
    }
}
