import Logging
import NFCTag
import SmartCardReader

/// The card readers as a source of badges.
struct TapPort: Sendable {
    let readers: CardReaders

    /// `missed` is called for a card that was taken away too soon.
    func run(
        _ logger: Logger, read: @Sendable (TagReading) -> Void, missed: @Sendable () -> Void, found: @Sendable (Bool) -> Void
    ) async {
        for await report in readers.reports() {
            switch report {
            case .card(let reading, let reader):
                if case .malformed(let flaw) = reading { logger.info("card reader \(reader): the tag is damaged (\(flaw))") }
                read(reading)
            case .missed(let error):
                logger.warning("\(error)")
                if error.failure == .cardLeft { missed() }
            case .present(let names):
                logger.info("card reader \(names.joined(separator: ", ")) is there")
                found(true)
            case .absent(let reason):
                logger.warning("\(reason)")
                found(false)
            }
        }
    }
}
