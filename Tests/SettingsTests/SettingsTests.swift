import ArgumentParser
import Settings
import Testing

/// A command with options of every kind.
struct Gate: ParsableCommand {
    enum Colour: String, ExpressibleByArgument, CaseIterable { case red, green }

    @Option(help: "The file of settings.") var config: String?
    @Option(help: "Whose gate it is.") var owner: String
    @Option(help: "The door.") var door: String?
    @Option(help: "The door's width in centimetres.") var doorWidth = 90
    @Option(help: "The lamp's colour.") var lampColour = Colour.red
    @Option(name: [.customLong("door-key"), .customLong("key")], help: "A key.") var doorKeys: [String] = []
    @Flag(inversion: .prefixedNo, help: "Rings a bell.") var bell = false

    func validate() throws {
        if doorWidth > 200 { throw ValidationError("--door-width \(doorWidth): give 200 at most.") }
        if bell, door == nil { throw ValidationError("--bell: give --door, too.") }
    }
}

@Suite struct SettingsTests {
    func parse(_ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil) throws -> Gate {
        try configured(arguments, environment, file: file).parse()
    }

    func configured(
        _ arguments: [String], _ environment: [String: String], file: String?
    ) -> ConfiguredCommand<Gate> {
        ConfiguredCommand(
            arguments: arguments + (file == nil ? [] : ["--config", "gate.conf"]), environment: environment
        ) { _ in file ?? "" }
    }

    func problems(_ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil) -> [String] {
        do {
            let gate = try parse(arguments, environment, file: file)
            return ["no problem: \(gate)"]
        } catch { return (error as? SettingsError)?.problems ?? ["another error: \(error)"] }
    }

    @Test func `a file's keys are the options' names, with a dot behind another option's name`() throws {
        let gate = try parse(
            file: "# A gate\n\nowner = Ada Lovelace \r\ndoor=north\ndoor.width =120\nlamp-colour = green\nbell = true\n")
        #expect(gate.owner == "Ada Lovelace")
        #expect(gate.door == "north")
        #expect(gate.doorWidth == 120)
        #expect(gate.lampColour == .green)
        #expect(gate.bell)
    }

    @Test func `a value is the rest of its line`() throws {
        let gate = try parse(file: "owner = --a \"b\" = c # d\ndoor.key = CR,LF,#")
        #expect(gate.owner == "--a \"b\" = c # d")
        #expect(gate.doorKeys == ["CR,LF,#"])
    }

    @Test func `an empty value is written as two quotes`() throws {
        #expect(try parse(file: "owner = ''\ndoor = b\ndoor.key = ''").doorKeys == [""])
        #expect(try parse([], ["QRPIN_OWNER": "''"], file: "door = b").owner == "")
    }

    @Test func `the command line wins over the environment, and that over the file`() throws {
        let file = "owner = file\ndoor.width = 1\ndoor = file"
        let environment = ["QRPIN_DOOR_WIDTH": "2", "QRPIN_DOOR": "environment"]
        let gate = try parse(["--door-width", "3"], environment, file: file)
        #expect(gate.owner == "file")
        #expect(gate.door == "environment")
        #expect(gate.doorWidth == 3)
    }

    @Test func `a flag can be taken back in each place before`() throws {
        let file = "owner = a\ndoor = b\nbell = true"
        #expect(try !parse(["--no-bell"], file: file).bell)
        #expect(try !parse([], ["QRPIN_BELL": "false"], file: file).bell)
        #expect(try parse(["--bell"], ["QRPIN_BELL": "false"], file: "owner = a\ndoor = b").bell)
    }

    @Test func `a key that may be repeated is taken from one place alone`() throws {
        let file = "owner = a\ndoor.key = 1\ndoor.key = 2"
        #expect(try parse(file: file).doorKeys == ["1", "2"])
        #expect(try parse(["--key", "3", "--door-key=4"], file: file).doorKeys == ["3", "4"])
        #expect(try parse([], ["QRPIN_DOOR_KEY": "5"], file: file).doorKeys == ["5"])
    }

    @Test func `the file can be named in the environment`() throws {
        #expect(try parse(["--owner", "a"]).config == nil)
        let command = ConfiguredCommand<Gate>(arguments: [], environment: ["QRPIN_CONFIG": "other.conf"]) { "owner = \($0)" }
        #expect(command.path == "other.conf")
        #expect(try command.parse().owner == "other.conf")
    }

    @Test func `all problems are told, each with place, key, value and cure`() {
        let file = "ownr = a\ndoor.width = wide\nlamp-colour = blue\nnonsense\nbell = maybe\ndoor =\ndoor.key = 1\nwheels = 4"
        #expect(
            problems([], ["QRPIN_OWNER": "b"], file: file) == [
                "gate.conf:4: this is no setting: nonsense. Write `key = value`, or # before a remark.",
                "gate.conf:6: door has no value. Give one, '' for the empty one, or take the line out.",
                "gate.conf:1: ownr = a: there is no such key. Is owner meant?",
                "gate.conf:8: wheels = 4: there is no such key. The manual lists the keys, and --help the options.",
                "gate.conf:5: bell = maybe: give true or false.",
                "gate.conf:2: door.width = wide: this is no value for it. The door's width in centimetres.",
                "gate.conf:3: lamp-colour = blue: this is no value for it. The lamp's colour. One of red, green.",
            ])
    }

    @Test func `what the command says of a value gets the value's place`() {
        #expect(problems(file: "owner = a\ndoor.width = 300") == ["gate.conf:2: door.width = 300: give 200 at most."])
        #expect(problems(["--owner", "a"], ["QRPIN_DOOR_WIDTH": "300"]) == ["QRPIN_DOOR_WIDTH=300: give 200 at most."])
        #expect(problems(["--owner", "a", "--door-width", "300"]) == ["--door-width 300: give 200 at most."])
        #expect(problems(file: "owner = a\nbell = true") == ["gate.conf:2: bell = true: --bell: give --door, too."])
    }

    @Test func `a key twice is a problem, and so is a missing one`() {
        #expect(
            problems(file: "owner = a\nowner = b") == ["gate.conf:2: owner = b: it is set in line 1, too. Take one of them out."])
        #expect(
            problems(file: "door = a")
                == ["owner is missing: write `owner = …` into gate.conf, or give --owner. Whose gate it is."])
        #expect(problems() == ["owner is missing: give --owner. Whose gate it is."])
        #expect(problems([], ["QRPIN_OWNER": ""], file: "owner = a") == ["QRPIN_OWNER=: give a value, or unset it."])
    }

    @Test func `of a key that may be repeated, the problem has the line of the value`() {
        let command = configured([], [:], file: "owner = a\ndoor.key = 1\ndoor.key = 2")
        #expect(command.explanation(of: "--door-key 2: it is broken.") == "gate.conf:3: door.key = 2: it is broken.")
        #expect(command.explanation(of: "nothing of the kind") == "nothing of the kind")
    }

    @Test func `a variable that is nearly one of ours was mistyped, and others' are theirs`() throws {
        #expect(
            problems(["--owner", "a"], ["QRPIN_DOR_WIDTH": "1"]) == [
                "QRPIN_DOR_WIDTH: there is no such variable. Is QRPIN_DOOR_WIDTH meant?"
            ])
        #expect(try parse(["--owner", "a"], ["QRPIN_TEST_POSTGRESQL": "url"]).owner == "a")
    }

    @Test func `options of one start are no keys`() {
        #expect(problems(file: "owner = a\nconfig = b").first?.contains("there is no such key") == true)
    }

    @Test func `a file that cannot be read is a problem`() {
        struct Unreadable: Error, CustomStringConvertible { let description = "gate.conf cannot be read." }
        let command = ConfiguredCommand<Gate>(arguments: ["--config=gate.conf", "--owner=a"], environment: [:]) { _ in
            throw Unreadable()
        }
        #expect(throws: SettingsError(problems: ["gate.conf cannot be read."])) { try command.parse() }
    }

    @Test func `help is no problem`() {
        #expect(throws: (any Error).self) { try parse(["--help"]) }
        do { _ = try parse(["--help"], file: "nonsense") } catch { #expect(Gate.exitCode(for: error) == .success) }
    }
}
