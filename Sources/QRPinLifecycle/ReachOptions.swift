public import ArgumentParser
import LifecycleService
public import Logging

/// TLS, or who does it instead.
struct ReachOptions: ParsableArguments {
    @Option(help: "The TLS certificate with its chain, PEM. SIGHUP reads it and its key again.") var tlsCertificate: String?
    @Option(help: "The private key of the TLS certificate, PEM.") var tlsKey: String?
    @Option(help: "Certificates, PEM: a kiosk must show one that they signed, with its client id as DNS name.") var kioskCA:
        String?
    @Flag(help: "A proxy does TLS: its x-forwarded-for and x-forwarded-proto are believed, so nobody else may reach the port.")
    var behindProxy = false
    @Flag(help: "Listens in clear on other addresses than loopback, though PINs and tokens can then be read on the way.")
    var insecurePlainHTTP = false

    func validate(host: String) throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key: give both or none.")
        }
        guard kioskCA == nil || tlsCertificate != nil else {
            throw ValidationError("--kiosk-ca: kiosks' certificates need TLS here. Give --tls-certificate and --tls-key.")
        }
        let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        guard isLoopback || tlsCertificate != nil || behindProxy || insecurePlainHTTP else {
            throw ValidationError(
                """
                --host \(host): PINs and tokens would cross the network in clear. Give --tls-certificate and --tls-key; or \
                --behind-proxy when a proxy does TLS; or, for a trial, --insecure-plain-http.
                """)
        }
    }

    func identity() throws -> TLSIdentity? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return try TLSIdentity(certificate: tlsCertificate, key: tlsKey, kioskCA: kioskCA)
    }
}

struct LimitOptions: ParsableArguments {
    @Option(help: "Calls of a kiosk: RATE/BURST, so many a second and at once; or off.")
    var kioskRate = RateArgument(CallRate(perSecond: 50, burst: 200), "50/200")
    @Option(help: "Calls of another client.") var clientRate = RateArgument(CallRate(perSecond: 100, burst: 400), "100/400")
    @Option(help: "Calls without a valid token, from one address.")
    var addressRate = RateArgument(CallRate(perSecond: 20, burst: 100), "20/100")
    @Option(help: "Connections at once; further ones wait.") var maxConnections = 4096
    @Option(help: "The time for a request's head, for its body, and for a silent connection.") var requestSeconds = 30
    @Option(help: "How long /readyz says no at the end before connections are refused.") var drainSeconds = 0
    @Option(help: "How long running requests may take at the end.") var finishSeconds = 20

    func validate() throws {
        guard maxConnections > 0 else { throw ValidationError("--max-connections is at least 1.") }
        for (name, seconds) in [("request", requestSeconds), ("finish", finishSeconds), ("drain", drainSeconds + 1)] {
            guard (1...3600).contains(seconds) else { throw ValidationError("--\(name)-seconds is out of range.") }
        }
    }

    var rates: CallLimits {
        var rates = CallLimits()
        (rates.kiosk, rates.client, rates.address) = (kioskRate.rate, clientRate.rate, addressRate.rate)
        return rates
    }
}

/// A rate as it is typed.
struct RateArgument: ExpressibleByArgument {
    let rate: CallRate
    let defaultValueDescription: String

    init(_ rate: CallRate, _ text: String) { (self.rate, defaultValueDescription) = (rate, text) }

    init?(argument: String) {
        guard let rate = CallRate(argument) else { return nil }
        self.init(rate, argument)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
