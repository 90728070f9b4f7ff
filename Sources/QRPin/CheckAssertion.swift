import ArgumentParser
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// `qrpin check-assertion`: whose sign-in an assertion is.
struct CheckAssertion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-assertion",
        abstract: "Prints whose sign-in an assertion (standard input) is; ends with 1 when it is not to be believed.",
        discussion: "It is good for a few minutes. That it is used once is for the caller to see to.")

    @Option(help: "The service's key set: a file with what it has at /.well-known/jwks.json.") var keys: String
    @Option(help: "The service's name in tokens.") var issuer = Issuer.defaultName
    @Option(help: "Whom the assertion must be meant for.") var audience = "qrpin-application"
    @Option(help: "The kiosk that it must be from, by its client id. (default: any)") var kiosk: String?
    @Option(
        help: "That kiosk's public key: its word alone counts too, which it gives while the service is gone. (default: none)")
    var kioskKey: String?

    func validate() throws {
        if kioskKey != nil, kiosk == nil { throw ValidationError("--kiosk-key: give --kiosk, too.") }
    }

    func run() async throws {
        guard let assertion = readLine(strippingNewline: true) else {
            throw ValidationError("Give the assertion on standard input.")
        }
        let check: AssertionCheck
        do {
            check = try await AssertionCheck(
                keySet: readText(keys), issuer: issuer, audience: audience, kioskID: kiosk, kioskKey: kioskKey)
        } catch AssertionCheck.KeyError.kioskKey {
            throw ValidationError("--kiosk-key: give the 43 characters that `qrpin enrol` printed.")
        } catch { throw ValidationError("--keys \(keys): no key set (RFC 7517). Get it from the service: \(error)") }
        print(try await check.signIn(of: assertion, now: Date()).userPrincipalName)
    }
}
