import CPCSC
import Testing

@testable import SmartCardReader

/// States as pcscd tells them: `SCARD_STATE_EMPTY` or `SCARD_STATE_PRESENT`, and how many times a card came or went.
private func state(_ reader: String, hasCard: Bool, count: UInt = 0, further: Int32 = 0) -> CardState {
    CardState(reader: reader, flags: UInt(hasCard ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY) | UInt(further) | count << 16)
}

@Suite struct CardWatchTests {
    private func watch(_ readers: [String] = ["A"], wanted: [String] = [], takesPresent: Bool = false) -> CardWatch {
        var watch = CardWatch(wanted: wanted, takesPresent: takesPresent)
        watch.found(readers)
        return watch
    }

    @Test func `a card counts once while it stays, and again when it comes back`() {
        var watch = watch()
        #expect(watch.arrivals([state("A", hasCard: false)]) == [])
        #expect(watch.arrivals([state("A", hasCard: true, count: 1)]) == ["A"])
        #expect(watch.arrivals([state("A", hasCard: true, count: 1, further: SCARD_STATE_INUSE | SCARD_STATE_EXCLUSIVE)]) == [])
        #expect(watch.arrivals([state("A", hasCard: true, count: 1, further: SCARD_STATE_UNPOWERED)]) == [])
        #expect(watch.arrivals([state("A", hasCard: false, count: 2)]) == [])
        #expect(watch.arrivals([state("A", hasCard: true, count: 3)]) == ["A"])
    }

    @Test func `a card that is changed for another between two looks counts`() {
        var watch = watch()
        _ = watch.arrivals([state("A", hasCard: false)])
        _ = watch.arrivals([state("A", hasCard: true, count: 1)])
        #expect(watch.arrivals([state("A", hasCard: true, count: 3)]) == ["A"])
    }

    @Test func `a card that was there before its reader was seen counts only for who asks for it`() {
        var (kiosk, tool) = (watch(), watch(takesPresent: true))
        #expect(kiosk.arrivals([state("A", hasCard: true, count: 1)]) == [])
        #expect(tool.arrivals([state("A", hasCard: true, count: 1)]) == ["A"])
    }

    @Test func `several readers have their own cards, and one that went and came is a new one`() {
        var watch = watch(["A", "B"])
        #expect(watch.arrivals([state("A", hasCard: false), state("B", hasCard: false)]) == [])
        #expect(watch.arrivals([state("B", hasCard: true, count: 1)]) == ["B"])
        #expect(watch.arrivals([state("A", hasCard: true, count: 1)]) == ["A"])
        watch.found(["A"])
        #expect(watch.readers == ["A"] && watch.arrivals([state("B", hasCard: false)]) == [])
        watch.found(["A", "B"])
        #expect(watch.arrivals([state("B", hasCard: true, count: 5)]) == [])
        #expect(watch.arrivals([state("A", hasCard: true, count: 1)]) == [])
    }

    @Test func `readers that are not wanted are left alone`() {
        let names = ["ACS ACR122U 00 00", "Virtual PCD 00 00", "Virtual PCD 00 01"]
        #expect(watch(names).readers == names)
        #expect(watch(names, wanted: ["ACR122", "00 01"]).readers == [names[0], names[2]])
        #expect(watch(names, wanted: ["Omnikey"]).readers == [])
    }
}

@Suite struct SmartCardErrorTests {
    /// Numbers and their meanings are pcsclite.h's.
    @Test(
        arguments: [
            (0x8010_001D, .noService, "pcscd.socket"), (0x8010_001E, .noService, "pcscd.socket"),
            (0x8010_006A, .denied, "polkit"),
            (0x8010_002E, .noReader, "Plug one in"), (0x8010_0069, .cardLeft, "Hold it there"),
            (0x8010_000B, .inUse, "End that program"),
            (0x8010_0009, .readerLeft, "Plug it in again"), (0x8010_000F, .unknownCard, "a card with a badge"),
            (0x8010_0001, .other(0x8010_0001), "0x80100001"),
        ] as [(Int, SmartCardError.Failure, String)])
    func `each error has its cure`(code: Int, failure: SmartCardError.Failure, cure: String) {
        let error = SmartCardError(code: code, reader: "ACR")
        #expect(error.failure == failure)
        #expect(error.description.contains(cure))
    }

    @Test func `a broken line is the card's where there is one, and else the service's`() {
        #expect(SmartCardError(code: 0x8010_0013, reader: "ACR").failure == .cardLeft)
        #expect(SmartCardError(code: 0x8010_0013).failure == .noService)
    }
}
