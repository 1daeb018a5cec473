package element

import (
	"strings"
	"unicode/utf8"

	"hutong/internal/hanzi"
	"hutong/internal/masked"
)

// surnames are the single-character family names of more than 97 in 100 people;
// compoundSurnames have two characters.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向常汤康易乔赖文施洪牛季安葛庞颜鲍柳尚殷詹申柯翁温俞章梅华管盛路左齐樊岳倪卜祝兰庄游简骆涂关费裴霍童翟聂单纪项舒祁耿凌成谷柴包宁喻喜车房屈解牟冉连苗霞游艾辛瞿焦鲁邢米甄商席胥储应丛桂饶靳闵司古缪蓝臧敖符鞠苑佟郁冷娄卓楼苟满计戚查冼池曲蒲窦揭阮晏芦尧麦贝初练原宗巫隋佘匡植占于褚仇卫花井祖全郎虞明栾桑晋匡居邝劳胥谌仲佘"

const compoundSurnames = "欧阳上官司马诸葛东方夏侯皇甫尉迟公孙慕容令狐司徒端木长孙宇文轩辕百里呼延南宫西门独孤"

var surnameSet = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range surnames {
		m[string(r)] = true
	}
	return m
}()

// notNames are endings of words that look like a name: places, organisations,
// things, kinds.
const notNames = "省市区县镇乡村路街号楼室店厂院校司部局队组族型类式级等券卡费款险票单码员网站版件品课"

// isNameZH checks family name and length; a name is 2 to 4 characters, or
// longer with the dot of minority names.
func isNameZH(b []byte) bool {
	var buffer [48]byte
	b = hanzi.Simplify(buffer[:], b)
	if len(b) < 6 || len(b) > 45 || len(b)%3 != 0 && !strings.Contains(string(b), "·") {
		return false
	}
	chars, dots := 0, 0
	var last [3]byte
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r >= 0x4E00 && r <= 0x9FFF:
			copy(last[:], b[i:])
		case r == '·' && i > 0 && i+n < len(b):
			dots++
		default:
			return false
		}
		chars++
		i += n
	}
	if dots > 0 {
		return chars <= 15
	}
	if chars > 4 || strings.Contains(notNames, string(last[:])) {
		return false
	}
	if hasPair(compoundSurnames, b) {
		return chars >= 3
	}
	return chars <= 3 && surnameSet[string(b[:3])]
}

// isMaskedName accepts a name of which a part is hidden: 张*三, *三, J*** S****.
func isMaskedName(b []byte) bool {
	if masked.Of(b) != masked.Name {
		return false
	}
	var buffer [48]byte
	b = hanzi.Simplify(buffer[:], b)
	return b[0] < 0xE4 || b[0] > 0xE9 || surnameSet[string(b[:3])]
}

// isNameLatin checks that a cell is one to five words of letters of which one
// is a known given or family name, or initials beside such a word.
func isNameLatin(b []byte) bool {
	if len(b) < 2 || len(b) > 60 {
		return false
	}
	tokens, known, start := 0, false, -1
	for i := 0; i <= len(b); i++ {
		if i < len(b) && (is(b[i], letter) || b[i] == '\'' || b[i] >= 0xC3) {
			if start < 0 {
				start = i
			}
			continue
		}
		if i < len(b) && !nameSeparator(b[i]) {
			return false
		}
		if start >= 0 {
			tokens++
			known = known || latinNames.has(b[start:i])
			start = -1
		}
	}
	return known && tokens <= 5
}

func nameSeparator(c byte) bool {
	return c == ' ' || c == '-' || c == '.' || c == ',' || c == '_' || c == '&'
}

// looksLatinName checks only the form: words of letters.
func looksLatinName(b []byte) bool {
	if len(b) < 2 || len(b) > 60 || !is(b[0], letter) && b[0] < 0xC3 {
		return false
	}
	spaces := 0
	for _, c := range b {
		switch {
		case is(c, letter), c == '\'', c >= 0x80:
		case nameSeparator(c):
			spaces++
		default:
			return false
		}
	}
	return spaces <= 5
}

// latinNames are frequent given and family names, among them romanised
// Chinese, Malay and Indian ones.
var latinNames = wordSet(`
	james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
	steven stephen paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary
	nicholas eric jonathan larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack
	dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle ethan walter noah jeremy christian keith
	roger terry austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan
	alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene luis carlos
	antonio manuel francisco miguel pedro jorge mary patricia jennifer linda elizabeth barbara susan jessica sarah
	karen lisa nancy betty sandra margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie
	rebecca sharon laura cynthia dorothy amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine
	christine helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth virginia
	lauren kelly christina joan evelyn judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara
	janice ann kathryn abigail sophia frances jean alice judy isabella julia grace denise danielle marilyn
	beverly charlotte natalie theresa diana brittany doris kayla alexis lori marie sophie chloe lucy claire fiona
	karl hans klaus jurgen wolfgang heinrich fritz otto dieter peter pierre jacques luc michel philippe andre marcel
	giovanni marco luca paolo francesco giuseppe mario sofia elena ivan vladimir dmitri sergei olga natasha irina
	hiroshi kenji takashi yuki akira sakura haruto mohammed muhammad mohamed mohamad ahmad ahmed ali hassan hussein
	omar ibrahim yusuf fatima aisha siti nur nurul aminah rahman abdullah ismail azman rajesh suresh ramesh kumar
	sanjay anil vijay ravi arjun priya anita sunita lakshmi deepa krishna devi singh kaur siva
	smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson
	taylor moore jackson martin lee perez thompson harris sanchez clark ramirez lewis robinson walker young allen
	king wright torres nguyen flores adams nelson baker rivera campbell mitchell carter roberts gomez
	phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy rogers gutierrez
	ortiz morgan cooper peterson bailey kelly howard ramos kim cox ward richardson watson brooks chavez 
	bennett gray mendoza ruiz hughes alvarez castillo sanders patel myers ross foster jimenez powell jenkins
	perry russell sullivan coleman butler henderson barnes vasquez simmons romero jordan patterson
	alexander hamilton graham reynolds griffin wallace moreno cole hayes bryant herrera gibson ellis tran medina
	aguilar stevens murray ford castro marshall owens harrison fernandez mcdonald washington kennedy vargas
	henry chen freeman webb tucker guzman crawford olson simpson gordon mendez silva shaw snyder
	mason dixon munoz hicks holmes palmer wagner robertson boyd salazar warren meyer
	 schmidt garza daniels ferguson nichols stephens soto ryan gardner payne dunn kelley spencer
	hawkins arnold pierce hansen peters santos hart bradley knight elliott cunningham duncan armstrong hudson carroll
	 riley andrews alvarado ray delgado berry perkins hoffman johnston matthews pena richards contreras willis
	 lawrence sandoval guerrero george chapman rios estrada ortega watkins greene nunez wheeler valdez harper
	burke larson santiago maldonado morrison franklin carlson austin dominguez carr lawson jacobs obrien lynch singh
	vega montgomery oliver jensen harvey williamson gilbert sims espinoza howell li wong reid hanson 
	mccoy garrett burton fuller wang weber welch rojas lucas marquez yang padilla walsh
	bowman schultz luna fowler mejia muller mueller schneider fischer becker schulz koch bauer klein schroeder
	neumann schwarz zimmermann braun kruger dubois moreau laurent lefebvre leroy roux fournier rossi russo ferrari
	esposito bianchi romano ricci marino greco ivanov petrov smirnov kuznetsov popov sato suzuki takahashi tanaka
	watanabe ito yamamoto nakamura kobayashi kato zhang liu zhao huang zhou wu xu zhu hu guo lin luo gao zheng
	liang xie tang deng feng cao peng zeng xiao tian dong yuan cai jiang yu du ye cheng wei lu ding ren
	shen yao zhong cui liao jin xia fu fang zou xiong bai meng qin qiu hou xue yan duan shi tao
	 mao hao gu gong shao wan qian dai kong xiang chang ong tay teo goh koh chua chan cheung lau leung ng lam ho
	yeung chow chiu kwok tsang cheng yip tse mak fung lai lim ang toh sim seah yeo quek foo loh poh soh
	wei ming jun hui xin jie fang li na qiang yang yong yan hong hua yun juan xia chao
	hao yu jia yi xuan zihan xiaoming weiming jianguo guoqiang meiling
	nakamura najera drake borrego rivera cohen levy katz friedman goldberg rosen kaplan oconnor mccarthy fitzgerald
	doyle gallagher quinn byrne macdonald stuart fraser
	alexis devin cody dustin derek shane travis jared trevor marcus corey casey brett joel chad shawn seth luke caleb
	isaac evan lucas cameron connor ian owen liam aidan colin spencer garrett wesley tanner mitchell
	jake troy brent craig todd dale glenn leon leonard martin maurice norman oscar phillip ricardo roberto rafael
	salvador sergio tony victor xavier alejandra adriana alicia alyssa amelia ana angelica audrey bailey
	bianca bonnie breanna caitlin camille carmen caroline cassandra cecilia chelsea claudia courtney daisy
	erica erika erin gabriela gabrielle haley jasmine jenna jordan kaitlyn karina katelyn katie kelsey kristen
	kristin leah leslie lindsey mackenzie marissa mariah maya mckenna mia mikayla miranda molly monica morgan paige
	peyton rosa sabrina savannah selena shelby sydney tara taylor tiffany tina vanessa veronica whitney
	constantin harrison neena lex bruno diana valli nandita ismael luis den shelli sigal guy payam shanta julia irene
`)
