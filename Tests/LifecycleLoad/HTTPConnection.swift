import Foundation
import LifecycleAPI

/// One kept-alive HTTP/1.1 connection to loopback that blocks its thread: it takes a tenth of the time that a full client does, so that
/// what is measured is the service.
final class HTTPConnection {
    struct Answer {
        let status: Int
        let body: Data

        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            do { return try WireJSON.decode(type, from: body) } catch {
                throw Failed("\(status) \(String(decoding: body.prefix(300), as: UTF8.self)): \(error)")
            }
        }
    }

    /// The connection broke: whether the service did what it was asked is not known.
    struct Broken: Error {}

    private let descriptor: Int32
    private let host: String
    private var received = Data()

    init(port: UInt16) throws {
        host = "127.0.0.1:\(port)"
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // All members have their values: `deinit` closes, and a second time would close another thread's connection.
        guard connected == 0 else { throw Broken() }
        var (on, limit): (Int32, timeval) = (1, timeval(tv_sec: 30, tv_usec: 0))
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(
        _ method: String, _ path: String, token: String? = nil, type: String = "application/json", body: Data = Data()
    ) throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nhost: \(host)\r\ncontent-length: \(body.count)\r\ncontent-type: \(type)\r\n"
        if let token { head += "authorization: Bearer \(token)\r\n" }
        try write(Data((head + "\r\n").utf8) + body)
        return try answer()
    }

    private func write(_ data: Data) throws {
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Broken() }
            rest = rest.dropFirst(count)
        }
    }

    /// RFC 9112 §6: a body of the length that its header says; the service sends no other.
    private func answer() throws -> Answer {
        let blank = Data("\r\n\r\n".utf8)
        var end = received.range(of: blank)
        while end == nil {
            try receive()
            end = received.range(of: blank)
        }
        guard let end else { throw Broken() }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw Broken() }
        while received.count < end.upperBound + length { try receive() }
        let body = Data(received[end.upperBound..<end.upperBound + length])
        received = Data(received.dropFirst(end.upperBound + length))
        return Answer(status: status, body: body)
    }

    private func receive() throws {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { throw Broken() }
        received += chunk[..<count]
    }
}
