package naming_test

import (
	"strings"
	"testing"

	"hutong/internal/naming"
)

// of sums up the texts of a column, one on each line.
func of(column string) naming.Names {
	var s naming.Sum
	for text := range strings.Lines(strings.TrimSpace(column)) {
		if cell := []byte(strings.TrimSpace(text)); naming.Text(cell) {
			s.Add(naming.Of(cell), 1)
		}
	}
	return s.Names()
}

// TestNobody: columns of texts about things, places, ships, companies, weather,
// law, code and logs are not accused.
func TestNobody(t *testing.T) {
	for name, column := range nobody {
		if n := of(column); n.P >= .5 {
			t.Errorf("%s: %+v", name, n)
		} else if n.Looked < 4 && name != "code" && name != "titles" {
			t.Errorf("%s: only %d texts are looked at", name, n.Looked)
		}
	}
}

// TestSomebody: columns of texts of which some name people are found.
func TestSomebody(t *testing.T) {
	for name, column := range somebody {
		if n := of(column); n.P < .5 {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

var nobody = map[string]string{
	"products": `
This kettle is made of steel and comes with a filter that you can wash.
Our oak table is sent in two boxes and has to be screwed together.
The jacket is warm, but it is not made for heavy rain.
You can charge the lamp with any cable that has the right plug.
These tiles are for floors and walls, also in bathrooms.
It is 40 cm high and has room for twelve bottles of wine.
The Bosch drill is sold with two batteries and a case.
Do not put the pan of this set into the dishwasher.`,
	"advertisements": `
夏日清凉，尽享冰爽，全场包邮
臻选好物，悦享品质，限量发售
超清画质，沉浸体验，追剧更爽
轻奢外观，大气典雅，送礼体面
急速充电，安全防护，出差必备
鲜香麻辣，回味无穷，聚会首选
柔顺丝滑，持久留香，一洗即净
爆款返场，手慢无货，先到先得`,
	"weather": `
It will be cold and dry in Hamburg, with wind from the east.
Showers are expected over Lyon and Grenoble this evening.
The storm has left Taipei and is moving to the north of Okinawa.
There was no rain in Lagos for six weeks.
Fog is possible in the valleys around Salzburg before noon.
We had snow in Sapporo and sun in Fukuoka on the same day.
Floods are feared along the river between Wuhan and Nanjing.
The heat in Seville will last until the end of August.`,
	"logs": `
WARN pool: connection to db-02 was closed by the server, will retry in 30 s
INFO scheduler: job nightly-export has been started at 02:00
ERROR http: request to /v1/orders is not allowed for this role
DEBUG cache: key order:5571 was not found, it is loaded from disk
WARN disk: volume data1 has only 3 percent left
INFO deploy: version 4.2.1 is running on all nodes
ERROR parser: line 12 of feed.xml must have a closing tag
INFO mail: message to queue alerts was sent with status 250`,
	"law": `
The controller shall notify the authority without delay and at the latest after 72 hours.
A permit is not needed for goods that are sent back to Norway.
This Act does not apply to ships that are registered in Panama or Liberia.
The fine is paid to the treasury of the province.
Carriers must keep their records for five years from the date of delivery.
The Minister of Transport may exempt ports that have fewer than ten berths.
Data must not be sent to a country without adequate protection.
The court in Geneva has jurisdiction over all disputes about this contract.`,
	"ships": `
The Ever Fortune has left Busan and is expected in Long Beach on Friday.
MSC Valencia was delayed at anchor off Rotterdam for two days.
The ferry to Calais is cancelled because of the wind.
Nordic Spirit is loading cars in Bremerhaven for Baltimore.
There are forty vessels waiting at the port of Santos.
The tanker Pacific Dawn has to leave Singapore before the tide.
Draught is 11.2 m, the pilot boards at buoy 4.
Containers from Haiphong are discharged at berth 7.`,
	"code": `
if err != nil { return fmt.Errorf("open %s: %w", path, err) }
for i := 0; i < len(items); i++ { total += items[i].Price * items[i].Count }
public static void main(String[] args) { new Server(8080).start(); }
SELECT region, sum(amount) FROM sales WHERE year = 2025 GROUP BY region
const cache = new Map(); export default function load(key) { return cache.get(key); }`,
	"titles": `
A Short History of the Baltic Sea
Cooking With Herbs From the Garden
The Road to the North and Back
How to Repair Your Own Bicycle
Birds of the Wetlands and the Coast`,
	"商品": `
这款电水壶采用不锈钢内胆，滤网可以拆下来清洗。
实木餐桌分两箱发货，需要自行安装螺丝。
外套保暖，但是不适合在大雨天穿。
台灯支持任意接口的充电线，充满需要三小时。
瓷砖可以铺在地面和墙面，浴室也能用。
酒柜高四十厘米，可以放下十二瓶红酒。
博世电钻附带两块电池和一个收纳盒。
这套锅具不要放进洗碗机里清洗。`,
	"天气": `
今天白天，青岛、烟台多云转晴，东北风三到四级。
受冷空气影响，未来三天气温将下降八度。
台风已经离开台州，正在向北移动。
预计今晚到明天，成都平原有中到大雨。
长江中下游水位持续上涨，请注意防汛。
高温橙色预警仍在生效，请减少外出。
早晨有雾，能见度不足五百米，请谨慎驾驶。
沿海风力逐渐加大，渔船请及时回港。`,
	"法规": `
处理者应当在七十二小时内向主管部门报告，不得迟延。
退回原产地的货物不需要申请许可证。
本条例不适用于在境外登记的船舶。
罚款应当在十五日内缴至指定银行。
承运人应当自交付之日起保存记录五年。
有关部门可以对泊位不足十个的港口予以豁免。
未经评估，不得向境外提供重要数据。
因本合同产生的争议，由上海仲裁委员会仲裁。`,
	"日誌": `
連線逾時，系統將於三十秒後重試，請稍候。
排程工作已於凌晨兩點啟動，預計一小時完成。
沒有權限存取該資源，請聯絡系統管理員。
快取中沒有找到資料，已從磁碟重新載入。
磁碟剩餘空間不足百分之三，請儘快清理。
新版本已經部署到所有節點，運作正常。
第十二行缺少結束標籤，無法解析檔案。
郵件已送出，回應代碼為兩百五十。`,
}

var somebody = map[string]string{
	"notes": `
Spoke with Rosalind Achebe, she will pay the rest on Monday.
The heater is leaking again, please send a technician.
Left a message for Mr. Halloran about the missing screws.
The customer is happy with the new table.
Tell Dimitri that the keys are with the porter.
Delivery was moved to next week because of the strike.`,
	"备注": `
客户韩晓梅来电，说沙发颜色不对，要求换货。
暖气又漏水了，请安排师傅上门。
已给葛建国留言，让他补齐少的螺丝。
顾客对新餐桌很满意，没有其他要求。
钥匙放在门卫处，请转告苏文静来取。
因为罢工，送货改到下周。`,
	"備註": `
客戶葉婉婷來電，表示沙發顏色不對，要求換貨。
暖氣又漏水了，請安排師傅上門。
已留言給鄭凱文，請他補齊少的螺絲。
顧客對新餐桌很滿意，沒有其他要求。`,
}
