import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A snapshot on the wire: as JSON, and as a server-sent event (HTML Living Standard §9.2).
enum StateEvent {
    private struct Body: Encodable {
        let id: String
        let state: KioskState

        func encode(to encoder: any Encoder) throws {
            try state.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(id, forKey: .id)
        }

        enum Key: CodingKey { case id }
    }

    static func json(_ snapshot: StateFeed.Snapshot) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(Body(id: snapshot.id, state: snapshot.state))
    }

    static func text(_ snapshot: StateFeed.Snapshot) throws -> String {
        // JSON of one line: no newline ends the data early.
        "id: \(snapshot.id)\ndata: \(String(decoding: try json(snapshot), as: UTF8.self))\n\n"
    }

    static func text(_ preview: PreviewFeed.Picture?) throws -> String {
        guard let preview else { return ":\n\n" }
        return "data: \(String(decoding: try JSONEncoder().encode(preview), as: UTF8.self))\n\n"
    }

    /// An answer that ends when the listener leaves or the kiosk stops.
    static func stream<News: Sendable>(
        _ news: AsyncStream<News>, to request: Request, text: @escaping @Sendable (News) throws -> String
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
                    for await one in news.cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(string: try text(one)))
                    }
                    try await writer.finish(nil)
                }
            })
    }
}

extension Response {
    static func json(_ data: Data) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }
}
