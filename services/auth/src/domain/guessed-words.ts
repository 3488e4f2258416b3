/**
 * Words that passwords are commonly made of, written down for this purpose: with the spellings,
 * trimmings and pairs of `password-rules.ts` they stand for some hundreds of thousands of passwords.
 */
const WORDS = `
  password passwort passwd passw pass passe word senha contrasena parola heslo haslo wachtwoord
  motdepasse kennwort geheim geheimnis secret secrets secure security safe safety private privat
  access login logon logmein signin letmein letme in open opensesame sesame enter admin
  administrator root superuser sysadmin system server user username guest default changeme change
  test testing tester temp temporary demo sample example welcome welkom willkommen bienvenue
  bienvenido hello hallo hola bonjour ciao hi hey yes no ok okay please thanks thankyou goodbye bye
  qwerty qwertz azerty asdf asdfgh zxcv zxcvbn qazwsx qwe asd zxc qaz wsx abc abcd xyz
  one two three four five six seven eight nine ten zero first second hundred thousand million
  monday tuesday wednesday thursday friday saturday sunday weekend today tomorrow yesterday
  january february march april may june july august september october november december
  januar februar maerz mai juni juli oktober dezember winter spring summer autumn fall sommer herbst
  morning evening night day year month week time forever always never nothing everything something
  love loveme loveyou lover lovely loves loved iloveyou ilove youandme i me my you we us amor amour
  liebe teamo tequiero jetaime ichliebedich kiss kisses hug baby babe babygirl babyboy honey sweet
  sweetie sweetheart darling angel angels heart hearts beautiful pretty cute cutie princess prince
  king queen lady girl girls boy boys man men woman women mother mom mommy mama father dad daddy
  papa brother sister family friend friends bestfriend bff son daughter grandma grandpa husband wife
  god jesus christ lord heaven hell devil satan demon church faith hope grace bless blessed blessing
  peace freedom liberty justice truth destiny dream dreams dreamer magic mystic wizard witch merlin
  dragon dragons tiger tigers lion lions bear bears wolf wolves wolverine eagle eagles falcon falcons
  hawk hawks raven ravens phoenix panther panthers jaguar leopard cheetah cobra viper snake python
  spider scorpion shark sharks dolphin dolphins whale turtle fish horse horses pony mustang stallion
  cat cats kitty kitten dog dogs doggy puppy bulldog monkey monkeys gorilla elephant rabbit bunny
  hamster mouse chicken duck cow bull pig piggy sheep frog butterfly ladybug bee
  apple apples banana orange lemon cherry peach strawberry blueberry mango melon pineapple grape
  cookie cookies chocolate candy sugar cupcake cake pizza burger cheese butter bread pepper salt
  ginger pumpkin potato tomato coffee tea beer wine whiskey vodka cola cocacola pepsi milk water
  red blue green yellow black white pink purple brown silver gold golden gray grey violet
  blackcat redsox rainbow sunshine sunflower sunset sunrise sun moon moonlight star stars starlight
  sky cloud clouds rain storm thunder lightning snow snowflake ice fire flame flower flowers rose
  roses lily daisy jasmine violet tulip lotus garden forest tree mountain river ocean sea beach
  island earth world planet space galaxy universe jupiter saturn mars venus mercury pluto nature
  football soccer baseball basketball hockey tennis golf cricket rugby boxing racing skate skater
  surf surfer snowboard swimming running cycling fishing hunting hunter hunters archer player
  players game games gamer gaming play playboy playstation xbox nintendo pokemon pikachu mario
  zelda sonic minecraft fortnite roblox warcraft starcraft diablo counter strike halo doom quake
  starwars startrek skywalker vader yoda jedi matrix neo trinity superman batman spiderman ironman
  hulk thor avengers marvel joker robin gandalf frodo hobbit hogwarts harrypotter potter disney
  mickey minnie donald goofy bambi simba nemo elsa snoopy garfield scooby tweety pooh barbie
  hellokitty naruto sasuke goku sakura dragonball
  michael jordan michelle daniel danielle david andrew andrea anthony antonio alexander alexandra
  alex amanda amber ashley austin barbara benjamin brandon brian carlos carmen charles charlie
  charlotte chelsea chris christian christina christine christopher claudia dakota diamond donald
  dylan edward elizabeth emily emma eric fernando francis frank gabriel george gloria hannah harley
  harry heather helen henry isabella jack jackson jacob james jason jasper jennifer jeremy jessica
  jessie john johnny jonathan jordan jose joseph joshua juan julia justin karen katherine kevin
  kimberly laura lauren linda lisa louis lucas lucky lucy luis maggie marcus maria marie marina mark
  martin mary matthew max maxwell melissa mercedes miguel mike molly monica morgan natalie nathan
  nicholas nicole oliver olivia oscar patricia patrick paul pedro peter phillip rachel rebecca
  ricardo richard robert roberto rocky ronald ryan sabrina samantha samuel sandra sarah scott sean
  sebastian shannon sharon sophie stella stephanie stephen steven summer susan taylor teresa thomas
  tiffany tigger timothy toby travis vanessa veronica victor victoria vincent walter william zachary
  anna anne ann ben bob dave ed gary jan jay jim joe jon ken kim lee leo liam mia noah sam sara tim
  tom tony will ivan olga natasha sergey dmitry alexey andrey vladimir maxim nikita
  arsenal liverpool chelsea everton manchester united barcelona realmadrid madrid juventus milan
  bayern dortmund ajax celtic rangers yankees cowboys lakers bulls steelers packers raiders giants
  broncos patriots redskins dodgers cubs jets heat america american usa canada mexico brazil brasil
  england britain london paris france germany deutschland berlin hamburg italy italia roma spain
  espana portugal lisboa holland amsterdam poland polska russia moscow ukraine china india japan
  tokyo korea australia sydney africa egypt israel texas dallas houston chicago boston newyork
  brooklyn california florida miami vegas hawaii alaska phoenix denver seattle atlanta detroit
  ferrari porsche mercedes bmw audi honda toyota nissan mazda ford chevy chevrolet camaro corvette
  mustang yamaha suzuki kawasaki ducati harley davidson jeep dodge viper lexus volvo renault car
  cars truck trucker rider biker driver pilot captain sailor soldier warrior warriors knight knights
  ninja samurai pirate pirates cowboy viking spartan gladiator ranger hacker hack master commander
  general sergeant killer assassin sniper shadow ghost phantom zombie vampire monster beast predator
  alien robot cyber matrix rocket rockets turbo nitro power powerful energy force strong super mega
  ultra hyper extreme awesome amazing great good best better cool nice perfect crazy insane stupid
  idiot dumb happy smile smiley funny fun lol haha sexy hot sex porn pussy dick cock fuck fuckyou
  fuckoff fucker shit bitch bastard asshole ass damn hate hateme die death dead kill murder blood
  metal metallica slipknot nirvana queen beatles eminem tupac rihanna beyonce madonna shakira elvis
  music guitar guitarist piano drums drummer bass singer song rock rockstar rocknroll punk rap hiphop
  jazz blues dance dancer party disco techno trance movie film photo picture camera video
  computer laptop internet network wireless windows microsoft office google facebook twitter yahoo
  hotmail gmail linkedin instagram youtube amazon samsung nokia apple iphone android linux ubuntu
  oracle mysql postgres database cisco intel dell lenovo sony adobe photoshop matrix website email
  mail phone mobile telephone number money cash dollar dollars euro bitcoin crypto bank rich richie
  business company work worker job boss manager director doctor nurse teacher student school college
  university class lawyer police officer fireman engineer developer programmer
  house home homer simpson bart garden room door window table chair kitchen bottle glass paper pencil
  book books library story letter river bridge street road city town village castle kingdom palace
  tower flower power trustno trustme trust believe believer freedom fighter champion winner victory
  success lucky luck chance fortune treasure jewel diamond diamonds ruby emerald sapphire crystal
  pearl platinum bronze iron steel stone rocky marble brick wood
  meshboard mesh dashboard device devices heartbeat point points referral
  asdfasdf qweqwe qweasd qweasdzxc asdzxc zaq xsw poiuy lkjhg mnbvc nopass nopassword whatever
  blah blahblah blink butthead buster bubba booboo boomer bigdog bigdaddy bigboy biteme bond cookie
  cooper corona creative dallas darkness dolphin dreamer eclipse enigma explorer fender firebird
  foobar foo bar baz gateway genesis gizmo goldfish hardcore hendrix hotdog icecream iceman inferno
  johndoe jellybean knuckles legend legends lollipop magnum marlboro maverick midnight mission
  natasha nascar newlife nobody paradise passion patches peanut peanuts penguin pickle pokerface poker
  popcorn precious private qwertyui rainbows rebel redneck remember reset rosebud scarface scorpio
  snickers snowball snowman softball spanky spartacus spongebob squirt standard stargate startup
  stinky sublime sunny superstar sweetpea tazmania teddy teddybear tinkerbell titanic tornado trouble
  twilight unicorn valentine vision voyager voodoo waterfall wildcat wildcats winston wisdom wonder
  yankee yellowstone zeppelin zombies
`

/** In lower case. */
export const GUESSED_WORDS: ReadonlySet<string> = new Set(WORDS.split(/\s+/).filter(Boolean))
