/// The control panel's side of a line with one device (IEC 60839-11-5): bytes and the time come in, bytes and events go out.
///
/// It speaks in a secure channel alone. What a device says outside of one, or with a wrong authentication code, is never an event of its own:
/// no key, no card.
public struct ControlPanel: Sendable {
    public enum Event: Hashable, Sendable {
        /// The device has proved its key.
        case online(Capabilities)
        case offline(Problem)
        /// As the device numbers them: ASCII digits, 0x7F for `*`, 0x0D for `#`, `A` to `D`.
        case keys(SecretBytes)
        /// Of a card, the first bit first.
        case card(SecretBytes, bits: Int)
        /// A session ended, and keys that were pressed then may have got lost.
        case keysLost
        /// Somebody opened the device, or closed it again.
        case tampered(Bool)
    }

    /// Why the device is of no use.
    public enum Problem: Hashable, Sendable {
        /// Nothing sensible came for ``offlineTime``.
        case silent
        case noSecureChannel
        /// The device has another key than this panel.
        case wrongKey
        /// The device has the standard's key, which everybody knows.
        case standardKey
        /// A device that is to be paired does not take the standard's key: it was paired before.
        case pairedBefore
        /// It did not take the new key.
        case keyRefused
    }

    /// A device begins its reply within 200 ms (5.7).
    static let replyTime = Duration.milliseconds(200)
    /// A device that has not answered for 8 s is offline (5.7).
    public static let offlineTime = Duration.seconds(8)
    static let pollInterval = Duration.milliseconds(50)
    /// How often one command is sent, before all begins anew.
    static let attempts = 4
    /// Between attempts with a device that refused one.
    static let patience = Duration.seconds(1)

    private enum Step: Hashable {
        /// Nothing is under way until then.
        case resting(until: Duration)
        case challenging, proving
        case asking(Command)
        case idle
    }

    private enum Purpose: Hashable {
        case use
        /// With the standard's key, until the device has taken this one.
        case pair(BaseKey)
    }

    private let address: UInt8
    /// What a byte takes on the line.
    private let byteTime: Duration
    private let random: @Sendable () -> [UInt8]
    private var key: BaseKey
    private var purpose: Purpose
    private var reader: FrameReader
    private var step = Step.resting(until: .zero)
    private var channel: SecureChannel?
    private var panelRandom: [UInt8] = []
    private var capabilities = Capabilities()
    private var isOnline = false
    private var isTampered = false
    /// What waits to be sent in the session.
    private var waiting: [Command] = []
    private var sequence: UInt8 = 0
    private var sent: (bytes: [UInt8], count: Int) = ([], 0)
    private var deadline = Duration.zero
    private var lastReply: Duration?
    private var outputs: [Output] = []

    public enum Output: Hashable, Sendable {
        case send([UInt8])
        case event(Event)
    }

    /// For a device at an address from 0 to 126, on a line of so many baud.
    public init(address: UInt8, baud: Int, key: BaseKey) {
        self.init(address: address, baud: baud, key: key, purpose: .use, random: Self.randomBytes)
    }

    /// Gives a new device its key, over a session with the standard's key: once online, it has proved the new one.
    public init(address: UInt8, baud: Int, pairing key: BaseKey) {
        self.init(address: address, baud: baud, key: .standard, purpose: .pair(key), random: Self.randomBytes)
    }

    /// With random numbers that a test knows.
    init(address: UInt8, baud: Int, key: BaseKey, random: @escaping @Sendable () -> [UInt8]) {
        self.init(address: address, baud: baud, key: key, purpose: .use, random: random)
    }

    private init(address: UInt8, baud: Int, key: BaseKey, purpose: Purpose, random: @escaping @Sendable () -> [UInt8]) {
        (self.address, self.key, self.purpose, self.random) = (address & 0x7F, key, purpose, random)
        reader = FrameReader(address: address)
        // Eight bits, a start bit and a stop bit.
        byteTime = .microseconds(10_000_000 / max(1, baud))
    }

    private static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// What the device shall show, in place of what it was to show in that way and does not yet.
    public mutating func show(_ command: Command) {
        waiting.removeAll { $0.code == command.code }
        waiting.append(command)
    }

    /// Bytes that came from the line; none when time only passed. To be called every few milliseconds.
    public mutating func receive(_ bytes: [UInt8], at now: Duration) -> [Output] {
        outputs = []
        if lastReply == nil { lastReply = now }
        if !bytes.isEmpty, !isResting { deadline = max(deadline, now + Self.replyTime) }
        for frame in reader.read(bytes) where isReply(frame) { take(frame, now) }
        goOn(now)
        return outputs
    }

    // MARK: What is sent

    private var isResting: Bool {
        switch step {
        case .resting, .idle: true
        case .challenging, .proving, .asking: false
        }
    }

    private mutating func goOn(_ now: Duration) {
        if let last = lastReply, now - last >= Self.offlineTime {
            lastReply = now
            end(.silent, now)
        }
        switch step {
        case .resting(let until): if now >= until { challenge(now) }
        case .idle: if now >= deadline { ask(waiting.isEmpty ? .poll : waiting.removeFirst(), now) }
        case .challenging, .proving, .asking: if now >= deadline { repeatCommand(now) }
        }
    }

    private mutating func challenge(_ now: Duration) {
        (sequence, channel, panelRandom) = (0, nil, random())
        step = .challenging
        send(.challenge(panelRandom), Frame.SecurityBlock(kind: .challenge, data: keyNumber), now)
    }

    /// 0 stands for the standard's key, 1 for the device's own.
    private var keyNumber: [UInt8] { [purpose == .use ? 1 : 0] }

    private mutating func send(_ command: Command, _ block: Frame.SecurityBlock, _ now: Duration) {
        transmit(
            Frame(address: address, sequence: sequence, security: block, code: command.code, data: command.data).bytes, now)
    }

    private mutating func ask(_ command: Command, _ now: Duration) {
        guard var session = channel else { return }
        step = .asking(command)
        transmit(session.seal(command, address: address, sequence: sequence).bytes, now)
        channel = session
    }

    private mutating func transmit(_ bytes: [UInt8], _ now: Duration) {
        sent = (bytes, 0)
        repeatBytes(now)
    }

    /// The same frame again: a device that has carried the command out repeats its reply, and does nothing more (5.9.2).
    private mutating func repeatBytes(_ now: Duration) {
        // What came before can be no reply.
        reader = FrameReader(address: address)
        sent.count += 1
        deadline = now + Self.replyTime + byteTime * sent.bytes.count
        // A line at rest may begin with a byte that is misread.
        outputs.append(.send([0xFF] + sent.bytes))
    }

    private mutating func repeatCommand(_ now: Duration) {
        if sent.count < Self.attempts { repeatBytes(now) } else { restart(now, after: isOnline ? .zero : Self.patience) }
    }

    // MARK: What is received

    private func isReply(_ frame: Frame) -> Bool {
        // A device that is busy says so with sequence number 0.
        frame.isReply && frame.address == address && !isResting
            && (frame.sequence == sequence || frame.sequence == 0 && frame.security == nil)
    }

    private mutating func take(_ frame: Frame, _ now: Duration) {
        let plain = frame.security == nil ? Reply(code: frame.code, data: frame.data) : nil
        if plain == .busy {
            // It gets time, and the same command once more.
            sent.count -= 1
            deadline = now + Self.replyTime
            return
        }
        switch step {
        case .challenging: challenged(frame, plain, now)
        case .proving: proved(frame, plain, now)
        case .asking(let command): answered(command, frame, plain, now)
        case .resting, .idle: break
        }
    }

    private mutating func challenged(_ frame: Frame, _ plain: Reply?, _ now: Duration) {
        if case .nak(let refusal) = plain { return refused(refusal, now) }
        guard frame.security?.kind == .clientCryptogram,
            case .clientCryptogram(let random, let cryptogram)? = Reply(code: frame.code, data: frame.data)
        else { return }
        guard frame.security?.data == keyNumber else { return end(purpose == .use ? .standardKey : .pairedBefore, now) }
        let session = SecureChannel(key: key, panelRandom: panelRandom, deviceRandom: random)
        guard SecureChannel.areEqual(session.clientCryptogram[...], cryptogram[...]) else {
            return end(purpose == .use ? .wrongKey : .pairedBefore, now)
        }
        channel = session
        step = .proving
        advance()
        send(.serverCryptogram(session.serverCryptogram), Frame.SecurityBlock(kind: .serverCryptogram, data: keyNumber), now)
    }

    private mutating func refused(_ refusal: Reply.Refusal, _ now: Duration) {
        switch refusal {
        case .unknownCommand, .securityBlock: end(.noSecureChannel, now)
        case .securityConditions: end(purpose == .use ? .wrongKey : .pairedBefore, now)
        // Of noise, or of what went before.
        case .sequence, .other: restart(now, after: Self.replyTime)
        }
    }

    private mutating func proved(_ frame: Frame, _ plain: Reply?, _ now: Duration) {
        if case .nak = plain { return end(.wrongKey, now) }
        guard frame.security?.kind == .initialMAC, let session = channel,
            case .initialMAC(let code)? = Reply(code: frame.code, data: frame.data)
        else { return }
        guard frame.security?.data == [1], SecureChannel.areEqual(session.initialMAC[...], code[...]) else {
            return end(.wrongKey, now)
        }
        heard(now)
        switch purpose {
        case .use: ask(.capabilities, now)
        case .pair(let new): ask(.keySet(new), now)
        }
    }

    private mutating func answered(_ command: Command, _ frame: Frame, _ plain: Reply?, _ now: Duration) {
        if case .keySet(let new) = command, plain == .ack {
            // The device has let go of the session already. Whether it has the key is to be seen.
            return use(new, now)
        }
        guard frame.security != nil, let reply = channel?.open(frame) else { return restart(now, after: .zero) }
        heard(now)
        switch (command, reply) {
        case (.keySet(let new), .ack): use(new, now)
        case (.keySet, _): end(.keyRefused, now)
        case (.capabilities, let reply):
            if case .capabilities(let known) = reply { capabilities = known }
            ask(.localStatus, now)
        case (.localStatus, let reply):
            tell(reply)
            becomeOnline()
        case (_, .nak(.sequence)), (.poll, .nak): restart(now, after: .zero)
        case (_, let reply): tell(reply)
        }
    }

    private mutating func tell(_ reply: Reply) {
        switch reply {
        case .keys(let keys): outputs.append(.event(.keys(keys)))
        case .card(let card, let bits): outputs.append(.event(.card(card, bits: bits)))
        case .localStatus(let now):
            if now != isTampered { outputs.append(.event(.tampered(now))) }
            isTampered = now
        case .ack, .nak, .identification, .capabilities, .clientCryptogram, .initialMAC, .busy, .other: break
        }
    }

    // MARK: How it stands

    /// Sequence numbers begin with 0, which does not come again.
    private mutating func advance() { sequence = sequence % 3 + 1 }

    /// The device has proved that it is there.
    private mutating func heard(_ now: Duration) {
        lastReply = now
        step = .idle
        deadline = waiting.isEmpty ? now + Self.pollInterval : now
        advance()
    }

    private mutating func becomeOnline() {
        if !isOnline { outputs.append(.event(.online(capabilities))) }
        isOnline = true
    }

    private mutating func use(_ new: BaseKey, _ now: Duration) {
        (key, purpose, lastReply) = (new, .use, now)
        restart(now, after: Self.replyTime)
    }

    /// A new session, soon.
    private mutating func restart(_ now: Duration, after pause: Duration) {
        if channel != nil, isOnline { outputs.append(.event(.keysLost)) }
        // A device that was given its new key may have it, though its answer got lost.
        if case .asking(.keySet(let new)) = step { (key, purpose) = (new, .use) }
        channel = nil
        step = .resting(until: now + pause)
    }

    private mutating func end(_ problem: Problem, _ now: Duration) {
        restart(now, after: Self.patience)
        isOnline = false
        outputs.append(.event(.offline(problem)))
    }
}
